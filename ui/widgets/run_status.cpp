#include "ui/widgets/run_status.h"

#include <QHBoxLayout>
#include <QLabel>

#include "ui/models/run_progress.h"

namespace headroom::ui {

RunStatus::RunStatus(const RunProgress& progress, QWidget* parent) : QWidget(parent), m_progress(progress)
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 2, 8, 2);
    layout->setSpacing(16);
    const auto add = [&](const char* objectName, const QString& name) {
        auto* label = new QLabel(this);
        label->setObjectName(QString::fromLatin1(objectName));
        label->setAccessibleName(name);
        layout->addWidget(label);
        return label;
    };
    m_phase = add("statusPhase", tr("Phase"));
    m_step = add("statusStep", tr("Step"));
    m_time = add("statusTime", tr("Time left"));
    m_step->setForegroundRole(QPalette::PlaceholderText);
    m_time->setForegroundRole(QPalette::PlaceholderText);
    layout->addStretch(1);
    connect(&progress, &RunProgress::changed, this, &RunStatus::refresh);
    refresh();
}

void RunStatus::showState(RunState state)
{
    m_state = state;
    refresh();
}

QString RunStatus::text() const
{
    return QStringList{m_phase->text(), m_step->text(), m_time->text()}.join(u' ').simplified();
}

void RunStatus::refresh()
{
    switch (m_state) {
    case RunState::Idle: m_phase->setText(tr("Ready")); break;
    case RunState::Planning: m_phase->setText(tr("Checking the request…")); break;
    case RunState::Stopping: m_phase->setText(tr("Stopping…")); break;
    case RunState::Running:
        m_phase->setText(m_progress.activeStage() ? stageTitle(*m_progress.activeStage()) : tr("Running"));
        break;
    }
    const bool running = m_state == RunState::Running;
    m_step->setText(running ? stepText() : QString());
    m_time->setText(running ? timeText() : QString());
}

QString RunStatus::stepText() const
{
    if (!m_progress.activeStage()) return {};
    const StageView view = m_progress.view(*m_progress.activeStage());
    switch (*m_progress.activeStage()) {
    case Stage::EncodeText: return tr("layer %1 of %2").arg(view.done).arg(view.total);
    case Stage::Denoise: return tr("step %1 of %2").arg(view.done).arg(view.total);
    case Stage::Decode:
    case Stage::Encode: return tr("frame %1 of %2").arg(view.done).arg(view.total);
    }
    return {};
}

QString RunStatus::timeText() const
{
    if (const auto total = m_progress.totalRemainingSeconds())
        return tr("about %1 left").arg(durationText(std::max(1.0, *total)));
    if (!m_progress.activeStage()) return {};
    const StageView view = m_progress.view(*m_progress.activeStage());
    return view.remainingSeconds && !view.overdue ? tr("%1 in this stage").arg(remainingText(view)) : remainingText(view);
}

}  // namespace headroom::ui
