#pragma once

#include <vector>

#include <QLayout>

namespace headroom::ui {

/// Puts its widgets side by side and begins a new row where the width ends, as words in a text.
class FlowLayout : public QLayout {
public:
    explicit FlowLayout(QWidget* parent, int spacing = 6);
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override;
    int count() const override { return int(m_items.size()); }
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return arrange(QRect(0, 0, width, 0), Placing::Measure); }
    void setGeometry(const QRect& rect) override;
    QSize sizeHint() const override { return minimumSize(); }
    QSize minimumSize() const override;

private:
    enum class Placing { Measure, Apply };
    int arrange(const QRect& rect, Placing placing) const;

    std::vector<QLayoutItem*> m_items;
};

}  // namespace headroom::ui
