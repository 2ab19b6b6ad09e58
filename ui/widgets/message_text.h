#pragma once

#include <QTextEdit>

namespace headroom::ui {

/// A text that is read and copied, as tall as it is: words that are wider than it (paths, checksums) are broken, and what is
/// longer than a few lines scrolls.
class MessageText : public QTextEdit {
    Q_OBJECT

public:
    explicit MessageText(QWidget* parent = nullptr);

    QSize sizeHint() const override { return {200, heightForWidth(200)}; }
    QSize minimumSizeHint() const override { return {40, fontMetrics().height()}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    int wholeHeight(int width) const;
    void fitBar();
};

}  // namespace headroom::ui
