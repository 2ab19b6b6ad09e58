#pragma once

#include <QFrame>

class QPushButton;
class QToolButton;

namespace headroom::ui {

class MessageText;

/// A sentence inside the window that says what went wrong, or what to know; it stays until it is closed or replaced, and never
/// blocks.
class MessageBanner : public QFrame {
    Q_OBJECT

public:
    enum class Kind { Error, Notice };

    explicit MessageBanner(QWidget* parent = nullptr);

    /// Shows the sentence; its text can be selected and copied. `action` is what a button below it says, which offers what to do
    /// about it.
    void showMessage(Kind kind, const QString& sentence, const QString& action = {});
    void dismiss();
    QString message() const;

Q_SIGNALS:
    void actionChosen();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void applyColors();

    Kind m_kind = Kind::Error;
    MessageText* m_text = nullptr;
    QPushButton* m_action = nullptr;
    QToolButton* m_close = nullptr;
};

}  // namespace headroom::ui
