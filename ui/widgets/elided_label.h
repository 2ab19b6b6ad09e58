#pragma once

#include <QLabel>

namespace headroom::ui {

/// One line of text that is cut in the middle or at the end when there is no room; the whole text is in its tool tip.
class ElidedLabel : public QLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(Qt::TextElideMode mode, QWidget* parent = nullptr);

    /// Draws in the theme's quiet text colour.
    void setMuted(bool muted);
    void setFullText(const QString& text);
    QString fullText() const { return m_full; }
    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Qt::TextElideMode m_mode;
    bool m_muted = false;
    QString m_full;
};

/// A small quiet label above or beside a control; the control becomes its buddy.
QLabel* makeFieldLabel(const QString& text, QWidget* buddy, QWidget* parent);

}  // namespace headroom::ui
