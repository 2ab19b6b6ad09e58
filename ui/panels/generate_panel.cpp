#include "ui/panels/generate_panel.h"

#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/theme/button_role.h"
#include "ui/theme/theme.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/verdict_box.h"

namespace headroom::ui {

namespace {

constexpr int kButtonHeight = 40;

QPushButton* bigButton(const QString& text, const char* objectName, ButtonRole role, QWidget* parent)
{
    auto* button = new QPushButton(text, parent);
    button->setObjectName(QString::fromLatin1(objectName));
    button->setAccessibleName(text);
    button->setFixedHeight(kButtonHeight);
    button->setAutoDefault(false);
    QFont font = button->font();
    font.setWeight(QFont::DemiBold);
    button->setFont(font);
    setButtonRole(button, role);
    return button;
}

}  // namespace

GeneratePanel::GeneratePanel(QWidget* parent) : QWidget(parent)
{
    m_banner = new MessageBanner(this);
    m_banner->setObjectName(QStringLiteral("banner"));
    m_generate = bigButton(tr("Generate"), "generate", ButtonRole::Primary, this);
    m_generate->setToolTip(tr("Make the clip (Ctrl+Enter)"));
    m_stop = bigButton(tr("Stop"), "stop", ButtonRole::Stop, this);
    m_stop->setToolTip(tr("Stop the run (Esc)"));
    m_verdict = new VerdictBox(this);
    m_summary = new QLabel(this);
    m_summary->setObjectName(QStringLiteral("summary"));
    m_summary->setAccessibleName(tr("Plan"));
    m_summary->setWordWrap(true);
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_summary->setAlignment(Qt::AlignTop | Qt::AlignLeft);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(8);
    layout->addWidget(m_banner);
    layout->addWidget(m_generate);
    layout->addWidget(m_stop);
    layout->addWidget(m_verdict);
    layout->addWidget(m_summary);
    connect(m_generate, &QPushButton::clicked, this, &GeneratePanel::generateRequested);
    connect(m_stop, &QPushButton::clicked, this, &GeneratePanel::stopRequested);
    showState(RunState::Idle);
    applyColors();
}

void GeneratePanel::showState(RunState state)
{
    m_state = state;
    m_generate->setVisible(state == RunState::Idle);
    m_generate->setEnabled(m_ready && m_fits);
    m_stop->setVisible(state != RunState::Idle);
    m_stop->setEnabled(state == RunState::Planning || state == RunState::Running);
    m_stop->setText(state == RunState::Stopping ? tr("Stopping…") : tr("Stop"));
    m_stop->setAccessibleName(m_stop->text());
}

void GeneratePanel::setReady(bool ready)
{
    m_ready = ready;
    showState(m_state);
}

void GeneratePanel::setFits(bool fits)
{
    if (m_fits == fits) return;
    m_fits = fits;
    showState(m_state);
}

void GeneratePanel::setSummary(const QString& summary)
{
    m_summary->setText(summary);
}

void GeneratePanel::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange) applyColors();
    QWidget::changeEvent(event);
}

void GeneratePanel::applyColors()
{
    QPalette colors = m_summary->palette();
    colors.setColor(QPalette::WindowText, themeOf(palette()).muted);
    m_summary->setPalette(colors);
}

}  // namespace headroom::ui
