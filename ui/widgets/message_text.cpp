#include "ui/widgets/message_text.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <QAbstractTextDocumentLayout>
#include <QPainter>

#include "ui/theme/theme.h"

namespace headroom::ui {

namespace {

constexpr int kMostLines = 9;

}  // namespace

MessageText::MessageText(QWidget* parent) : QTextEdit(parent)
{
    setReadOnly(true);
    setAcceptRichText(false);
    setTabChangesFocus(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setFrameShape(QFrame::NoFrame);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    viewport()->setCursor(Qt::IBeamCursor);
    document()->setDocumentMargin(0);
    QSizePolicy asTallAsTheText(QSizePolicy::Expanding, QSizePolicy::Preferred);
    asTallAsTheText.setHeightForWidth(true);
    setSizePolicy(asTallAsTheText);
    connect(this, &QTextEdit::textChanged, this, [this] {
        fitBar();
        updateGeometry();
    });
}

int MessageText::wholeHeight(int width) const
{
    const std::unique_ptr<QTextDocument> measured(document()->clone());
    measured->setDocumentMargin(0);
    measured->documentLayout()->setPaintDevice(viewport());
    measured->setTextWidth(width);
    return int(std::ceil(measured->size().height()));
}

int MessageText::heightForWidth(int width) const
{
    return std::min(wholeHeight(width), kMostLines * fontMetrics().lineSpacing());
}

/// Left to itself the bar would come while the text still gets its height, and take from the width that the height was found for.
void MessageText::fitBar()
{
    setVerticalScrollBarPolicy(wholeHeight(width()) <= height() ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAlwaysOn);
}

void MessageText::resizeEvent(QResizeEvent* event)
{
    fitBar();
    QTextEdit::resizeEvent(event);
}

void MessageText::paintEvent(QPaintEvent* event)
{
    QTextEdit::paintEvent(event);
    if (!hasFocus()) return;
    QPainter painter(viewport());
    painter.setPen(QPen(themeOf(palette()).accent, 1));
    painter.drawRect(QRectF(viewport()->rect()).adjusted(0.5, 0.5, -0.5, -0.5));
}

}  // namespace headroom::ui
