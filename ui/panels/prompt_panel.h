#pragma once

#include <QWidget>

namespace headroom::ui {

class PromptEdit;

/// What the clip should show, and what it should not.
class PromptPanel : public QWidget {
    Q_OBJECT

public:
    explicit PromptPanel(QWidget* parent = nullptr);

    QString prompt() const;
    QString negativePrompt() const;
    void setPrompt(const QString& text);
    void setNegativePrompt(const QString& text);

    /// An example shown while the prompt is empty.
    void setExample(const QString& text);

    /// Puts the cursor into the prompt.
    void focusPrompt();

private:
    PromptEdit* m_prompt = nullptr;
    PromptEdit* m_negative = nullptr;
};

}  // namespace headroom::ui
