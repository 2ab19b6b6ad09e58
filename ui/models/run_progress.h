#pragma once

#include <array>
#include <map>
#include <optional>

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include "core/engine/events.h"
#include "core/engine/plan.h"
#include "ui/models/eta_estimator.h"

namespace headroom::ui {

enum class StageState { Waiting, Active, Done };

/// What the window shows of one stage.
struct StageView {
    StageState state = StageState::Waiting;
    int done = 0;
    int total = 0;
    double elapsedSeconds = 0;
    std::optional<double> remainingSeconds;  ///< Empty while that would be a guess.
    bool overdue = false;                    ///< It takes clearly longer than the completed units said.
};

/// Follows a run stage by stage; the stage list and the status bar both show it. Remembers, while the program runs, how long the
/// units of each stage took, so that a second run of the same kind knows its time from the start.
class RunProgress : public QObject {
    Q_OBJECT

public:
    explicit RunProgress(QObject* parent = nullptr);

    /// A run begins; `kind` names model, size, steps and guidance: what makes times comparable.
    void beginRun(const QString& kind);
    void beginStage(Stage stage, int total);
    void advance(const StageProgress& progress);
    void endStage(const StageReport& report);
    void endRun();

    bool isRunning() const { return m_running; }
    StageView view(Stage stage) const;
    std::optional<Stage> activeStage() const { return m_active; }
    double elapsedSeconds() const;

    /// Seconds until everything is done; empty until every stage's time is known.
    std::optional<double> totalRemainingSeconds() const;

Q_SIGNALS:
    void changed();

private:
    static constexpr int kStages = 3;
    struct Entry {
        StageView view;
        EtaEstimator eta;
        double startedAt = 0;
        double secondsBefore = 0;  ///< Of components of the stage that are done.
    };
    Entry& entry(Stage stage) { return m_entries[static_cast<int>(stage)]; }
    double now() const;

    std::array<Entry, kStages> m_entries;
    std::map<QString, std::array<double, kStages>> m_stageSeconds;  ///< By kind of run: seconds each stage took.
    QString m_kind;
    QElapsedTimer m_clock;
    QTimer m_tick;
    std::optional<Stage> m_active;
    double m_endedAfter = 0;
    bool m_running = false;
};

/// "about 8 s left", "estimating…" or "longer than expected".
QString remainingText(const StageView& view);

/// The stage's name for people; with its component, where the plan has several stages of its kind.
QString stageTitle(Stage stage);
QString stageTitle(const Plan& plan, const StagePlan& stage);

/// "8 s", "2 min 05 s", "1 h 12 min": a duration for people.
QString durationText(double seconds);

/// The same for what is over, with a tenth of a second where that matters: "0.4 s", "12 s".
QString exactDurationText(double seconds);

}  // namespace headroom::ui
