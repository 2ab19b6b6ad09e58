#include "ui/widgets/prompt_edit.h"

#include <QMimeData>

namespace headroom::ui {

PromptEdit::PromptEdit(QWidget* parent) : QPlainTextEdit(parent)
{
    setTabChangesFocus(true);
    document()->setDocumentMargin(6);
    setFrameShape(QFrame::StyledPanel);
}

void PromptEdit::setVisibleLines(int lines)
{
    setFixedHeight(lines * fontMetrics().lineSpacing() + 2 * (frameWidth() + int(document()->documentMargin())));
}

bool PromptEdit::canInsertFromMimeData(const QMimeData* source) const
{
    return !source->hasUrls() && QPlainTextEdit::canInsertFromMimeData(source);
}

void PromptEdit::insertFromMimeData(const QMimeData* source)
{
    if (!source->hasUrls()) QPlainTextEdit::insertFromMimeData(source);
}

}  // namespace headroom::ui
