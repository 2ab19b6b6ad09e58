#include "ui/widgets/message_banner.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/theme/theme.h"
#include "ui/widgets/glyph_icon.h"
#include "ui/widgets/message_text.h"

namespace headroom::ui {

MessageBanner::MessageBanner(QWidget* parent) : QFrame(parent)
{
    setAccessibleName(tr("Message"));
    m_text = new MessageText(this);
    m_text->setObjectName(QStringLiteral("bannerText"));
    m_text->setAccessibleName(tr("Message text"));
    m_close = new QToolButton(this);
    m_close->setIcon(glyphIcon(Glyph::Close));
    m_close->setAutoRaise(true);
    m_close->setFocusPolicy(Qt::StrongFocus);
    m_close->setAccessibleName(tr("Close message"));
    m_close->setToolTip(tr("Close message"));

    m_action = new QPushButton(this);
    m_action->setObjectName(QStringLiteral("bannerAction"));
    m_action->setAccessibleName(tr("What to do about it"));

    auto* content = new QVBoxLayout;
    content->setSpacing(8);
    content->addWidget(m_text);
    content->addWidget(m_action, 0, Qt::AlignLeft);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 8, 4, 8);
    layout->setSpacing(4);
    layout->addLayout(content, 1);
    layout->addWidget(m_close, 0, Qt::AlignTop);
    connect(m_close, &QToolButton::clicked, this, &MessageBanner::dismiss);
    connect(m_action, &QPushButton::clicked, this, &MessageBanner::actionChosen);
    hide();
}

void MessageBanner::showMessage(Kind kind, const QString& sentence, const QString& action)
{
    m_kind = kind;
    m_text->setPlainText(sentence);
    m_text->setAccessibleDescription(sentence);
    m_action->setText(action);
    if (!action.isEmpty()) m_action->setAccessibleName(action);
    m_action->setVisible(!action.isEmpty());
    applyColors();
    show();
    QAccessibleEvent alert(m_text, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void MessageBanner::dismiss()
{
    hide();
}

QString MessageBanner::message() const
{
    return isHidden() ? QString() : m_text->toPlainText();
}

void MessageBanner::paintEvent(QPaintEvent*)
{
    const Theme theme = themeOf(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool error = m_kind == Kind::Error;
    QColor fill = theme.accent;
    fill.setAlphaF(theme.dark ? 0.16 : 0.09);
    QColor line = theme.accent;
    line.setAlphaF(0.45);
    painter.setPen(error ? theme.errorLine : line);
    painter.setBrush(error ? theme.errorField : fill);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
}

void MessageBanner::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange) applyColors();
    QFrame::changeEvent(event);
}

void MessageBanner::applyColors()
{
    const Theme theme = themeOf(palette());
    QPalette colors = m_text->palette();
    colors.setColor(QPalette::Text, m_kind == Kind::Error ? theme.errorText : theme.text);
    m_text->setPalette(colors);
}

}  // namespace headroom::ui
