#include "ui/widgets/verdict_box.h"

#include <algorithm>

#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/theme/button_role.h"
#include "ui/theme/memory_colors.h"
#include "ui/theme/theme.h"
#include "ui/widgets/glyph_icon.h"

namespace headroom::ui {

namespace {

constexpr int kSign = 14;

}  // namespace

VerdictBox::VerdictBox(QWidget* parent) : QWidget(parent)
{
    m_sentence = new QLabel(this);
    m_sentence->setObjectName(QStringLiteral("verdict"));
    m_sentence->setAccessibleName(tr("Whether it fits"));
    m_sentence->setWordWrap(true);
    m_sentence->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_sentence->setTextFormat(Qt::PlainText);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kSign + 6, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_sentence);
    for (std::size_t i = 0; i < kMostRemedyOffers; ++i) {
        auto* button = new QPushButton(this);
        button->setObjectName(QStringLiteral("remedy%1").arg(i));
        button->setAccessibleName(tr("What would make it fit"));
        button->setAutoDefault(false);
        button->hide();
        connect(button, &QPushButton::clicked, this, [this, i] { Q_EMIT remedyChosen(RemedyOffer(m_remedies[i])); });
        layout->addWidget(button);
        m_buttons.push_back(button);
    }
    hide();
}

QString VerdictBox::sentence() const
{
    return m_sentence->text();
}

void VerdictBox::resizeEvent(QResizeEvent*)
{
    fitSentence();
}

void VerdictBox::fitSentence()
{
    // The layouts above don't always ask again when the sentence only wraps to another line.
    const int room = std::max(1, width() - kSign - 6);
    m_sentence->setMinimumHeight(0);                                            // heightForWidth never goes below it.
    m_sentence->setFixedHeight(std::max(0, m_sentence->heightForWidth(room)));  // -1 while there is no sentence.
}

void VerdictBox::showVerdict(Kind kind, const QString& sentence, const std::vector<RemedyOffer>& remedies)
{
    m_kind = kind;
    m_sentence->setText(sentence);
    fitSentence();
    m_remedies = remedies;
    for (std::size_t i = 0; i < m_buttons.size(); ++i) {
        const bool used = i < remedies.size();
        m_buttons[i]->setVisible(used);
        if (!used) continue;
        m_buttons[i]->setText(remedies[i].text);
        m_buttons[i]->setAccessibleName(remedies[i].text);
        m_buttons[i]->setToolTip(remedies[i].hint);
    }
    setVisible(!sentence.isEmpty());
    update();
}

void VerdictBox::paintEvent(QPaintEvent*)
{
    if (m_kind == Kind::Unknown) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme theme = themeOf(palette());
    const QRectF sign(0, (fontMetrics().height() - kSign) / 2.0 + 1, kSign, kSign);
    switch (m_kind) {
    case Kind::Unknown: break;
    case Kind::Fits: drawGlyph(painter, Glyph::Check, sign, memoryColor(MemoryKind::Cache, theme)); break;
    case Kind::Approximate: {
        QFont font = this->font();
        font.setBold(true);
        painter.setFont(font);
        painter.setPen(memoryColor(MemoryKind::Activations, theme));
        painter.drawText(sign, Qt::AlignCenter, QStringLiteral("≈"));
        break;
    }
    case Kind::TooLarge: drawGlyph(painter, Glyph::Warning, sign, theme.errorText); break;
    }
}

}  // namespace headroom::ui
