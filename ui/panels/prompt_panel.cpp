#include "ui/panels/prompt_panel.h"

#include <QLabel>
#include <QVBoxLayout>

#include "ui/widgets/elided_label.h"
#include "ui/widgets/prompt_edit.h"

namespace headroom::ui {

PromptPanel::PromptPanel(QWidget* parent) : QWidget(parent)
{
    m_prompt = new PromptEdit(this);
    m_prompt->setObjectName(QStringLiteral("prompt"));
    m_prompt->setAccessibleName(tr("Prompt"));
    m_prompt->setVisibleLines(4);
    m_negative = new PromptEdit(this);
    m_negative->setObjectName(QStringLiteral("negativePrompt"));
    m_negative->setAccessibleName(tr("Negative prompt"));
    m_negative->setPlaceholderText(tr("What the clip should not show"));
    m_negative->setVisibleLines(2);
    setExample({});

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(makeFieldLabel(tr("&Prompt"), m_prompt, this));
    layout->addWidget(m_prompt);
    layout->addSpacing(8);
    layout->addWidget(makeFieldLabel(tr("&Negative prompt"), m_negative, this));
    layout->addWidget(m_negative);
}

QString PromptPanel::prompt() const
{
    return m_prompt->toPlainText();
}

QString PromptPanel::negativePrompt() const
{
    return m_negative->toPlainText();
}

void PromptPanel::setPrompt(const QString& text)
{
    m_prompt->setPlainText(text);
    m_prompt->moveCursor(QTextCursor::End);
}

void PromptPanel::setNegativePrompt(const QString& text)
{
    m_negative->setPlainText(text);
}

void PromptPanel::setExample(const QString& text)
{
    m_prompt->setPlaceholderText(text.isEmpty() ? tr("Describe what should happen in the clip")
                                                : tr("For example: %1").arg(text));
}

void PromptPanel::focusPrompt()
{
    m_prompt->setFocus();
}

}  // namespace headroom::ui
