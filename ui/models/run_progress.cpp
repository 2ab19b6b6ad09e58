#include "ui/models/run_progress.h"

#include <cmath>

#include <QCoreApplication>
#include <QLocale>

namespace headroom::ui {

QString stageTitle(Stage stage)
{
    switch (stage) {
    case Stage::EncodeText: return QCoreApplication::translate("headroom::ui::stageTitle", "Encode text");
    case Stage::Denoise: return QCoreApplication::translate("headroom::ui::stageTitle", "Denoise");
    case Stage::Decode: return QCoreApplication::translate("headroom::ui::stageTitle", "Decode");
    case Stage::Encode: return QCoreApplication::translate("headroom::ui::stageTitle", "Encode");
    }
    return {};
}

QString stageTitle(const Plan& plan, const StagePlan& stage)
{
    if (plan.components_of(stage.stage).size() < 2) return stageTitle(stage.stage);
    return QStringLiteral("%1 (%2)").arg(stageTitle(stage.stage), QString::fromStdString(stage.component));
}

QString durationText(double seconds)
{
    const auto whole = std::llround(std::ceil(std::max(0.0, seconds)));
    if (whole < 60) return QCoreApplication::translate("headroom::ui::durationText", "%1 s").arg(whole);
    if (whole < 3600) {
        return QCoreApplication::translate("headroom::ui::durationText", "%1 min %2 s")
            .arg(whole / 60)
            .arg(whole % 60, 2, 10, QLatin1Char('0'));
    }
    return QCoreApplication::translate("headroom::ui::durationText", "%1 h %2 min")
        .arg(whole / 3600)
        .arg(whole % 3600 / 60, 2, 10, QLatin1Char('0'));
}

QString remainingText(const StageView& view)
{
    if (view.overdue) return QCoreApplication::translate("headroom::ui::remainingText", "longer than expected");
    if (!view.remainingSeconds) return QCoreApplication::translate("headroom::ui::remainingText", "estimating…");
    return QCoreApplication::translate("headroom::ui::remainingText", "about %1 left")
        .arg(durationText(std::max(1.0, *view.remainingSeconds)));
}

QString exactDurationText(double seconds)
{
    if (seconds >= 9.95) return durationText(std::round(seconds));
    return QCoreApplication::translate("headroom::ui::durationText", "%1 s").arg(QLocale().toString(seconds, 'f', 1));
}

RunProgress::RunProgress(QObject* parent) : QObject(parent)
{
    m_tick.setInterval(500);
    connect(&m_tick, &QTimer::timeout, this, &RunProgress::changed);
}

double RunProgress::now() const
{
    return double(m_clock.elapsed()) / 1000;
}

void RunProgress::beginRun(const QString& kind)
{
    m_entries = {};
    m_kind = kind;
    m_active.reset();
    m_running = true;
    m_clock.start();
    m_tick.start();
    Q_EMIT changed();
}

void RunProgress::beginStage(Stage stage, int total)
{
    Entry& started = entry(stage);
    started.secondsBefore = started.view.state == StageState::Done ? started.view.elapsedSeconds : 0;
    started.startedAt = now();
    started.view.state = StageState::Active;
    started.view.total = total;
    const auto known = m_stageSeconds.find(m_kind);
    const double seconds = known == m_stageSeconds.end() ? 0 : known->second[static_cast<int>(stage)];
    started.eta.begin(total, started.startedAt, total > 0 ? seconds / total : 0);
    m_active = stage;
    Q_EMIT changed();
}

void RunProgress::advance(const StageProgress& progress)
{
    Entry& active = entry(progress.stage);
    active.view.done = progress.done;
    active.view.total = progress.total;
    active.eta.observe(progress.done, active.startedAt + progress.elapsed_seconds);
    Q_EMIT changed();
}

void RunProgress::endStage(const StageReport& report)
{
    Entry& ended = entry(report.stage);
    ended.secondsBefore += report.seconds;
    if (!report.ends_stage) return;
    ended.view.state = StageState::Done;
    ended.view.done = ended.view.total;
    ended.view.elapsedSeconds = ended.secondsBefore;
    ended.view.remainingSeconds.reset();
    m_stageSeconds[m_kind][static_cast<int>(report.stage)] = ended.secondsBefore;
    if (m_active == report.stage) m_active.reset();
    Q_EMIT changed();
}

void RunProgress::endRun()
{
    if (!m_running) return;
    m_endedAfter = now();
    m_running = false;
    m_tick.stop();
    for (Entry& each : m_entries) {
        if (each.view.state == StageState::Active) each.view.state = StageState::Waiting;
    }
    m_active.reset();
    Q_EMIT changed();
}

StageView RunProgress::view(Stage stage) const
{
    const Entry& shown = m_entries[static_cast<int>(stage)];
    StageView view = shown.view;
    if (view.state == StageState::Active) {
        view.elapsedSeconds = now() - shown.startedAt;
        view.remainingSeconds = shown.eta.remaining(now());
        view.overdue = shown.eta.isOverdue(now());
    }
    return view;
}

double RunProgress::elapsedSeconds() const
{
    return m_running ? now() : m_endedAfter;
}

std::optional<double> RunProgress::totalRemainingSeconds() const
{
    if (!m_running) return std::nullopt;
    const auto known = m_stageSeconds.find(m_kind);
    double sum = 0;
    for (int i = 0; i < kStages; ++i) {
        const StageView shown = view(static_cast<Stage>(i));
        if (shown.state == StageState::Done) continue;
        if (shown.state == StageState::Active) {
            if (!shown.remainingSeconds || shown.overdue) return std::nullopt;
            sum += *shown.remainingSeconds;
        } else {
            const double seconds = known == m_stageSeconds.end() ? 0 : known->second[i];
            if (seconds <= 0) return std::nullopt;
            sum += seconds;
        }
    }
    return sum;
}

}  // namespace headroom::ui
