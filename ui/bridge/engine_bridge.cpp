#include "ui/bridge/engine_bridge.h"

#include <chrono>
#include <optional>

namespace headroom::ui {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kProgressInterval = 1000ms / 15;
constexpr auto kPreviewInterval = 250ms;

/// Lives on the engine thread during one run and posts what it hears. What comes faster than the window should draw is held back
/// until its interval is over or the stage ends; only the newest is kept.
class PostingListener : public RunListener {
public:
    explicit PostingListener(EngineBridge& bridge) : m_bridge(bridge) {}

    void stage_started(Stage stage, int total) override
    {
        post([stage, total](EngineBridge& bridge) { Q_EMIT bridge.stageStarted(stage, total); });
        m_lastProgress = {};
    }

    void stage_progressed(const StageProgress& progress) override
    {
        m_progress = progress;
        if (Clock::now() - m_lastProgress >= kProgressInterval) flushProgress();
        flushDuePreview();
    }

    void stage_finished(const StageReport& report) override
    {
        flushProgress();
        flushPreview();
        post([report](EngineBridge& bridge) { Q_EMIT bridge.stageFinished(report); });
    }

    void latents_previewed(const LatentPreview& preview) override
    {
        m_preview = preview;
        flushDuePreview();
    }

    void frame_decoded(int batch_item, int frame_index, const RgbFrame& frame) override
    {
        post([batch_item, frame_index, image = toImage(frame)](EngineBridge& bridge) {
            Q_EMIT bridge.frameDecoded(batch_item, frame_index, image);
        });
    }

    void noticed(const std::string& sentence) override
    {
        post([text = QString::fromStdString(sentence)](EngineBridge& bridge) { Q_EMIT bridge.noticed(text); });
    }

    void latents_kept(const std::filesystem::path& latents) override
    {
        post([latents](EngineBridge& bridge) { Q_EMIT bridge.latentsKept(latents); });
    }

private:
    template <typename Event>
    void post(Event event)
    {
        QMetaObject::invokeMethod(
            &m_bridge, [&bridge = m_bridge, event = std::move(event)] { event(bridge); }, Qt::QueuedConnection);
    }

    void flushProgress()
    {
        if (!m_progress) return;
        post([progress = *m_progress](EngineBridge& bridge) { Q_EMIT bridge.stageProgressed(progress); });
        m_progress.reset();
        m_lastProgress = Clock::now();
    }

    void flushDuePreview()
    {
        if (Clock::now() - m_lastPreview >= kPreviewInterval) flushPreview();
    }

    void flushPreview()
    {
        if (!m_preview) return;
        std::vector<QImage> images;
        for (const RgbFrame& frame : m_preview->frames) images.push_back(toImage(frame));
        post([step = m_preview->step, images = std::move(images)](EngineBridge& bridge) {
            Q_EMIT bridge.latentsPreviewed(step, images);
        });
        m_preview.reset();
        m_lastPreview = Clock::now();
    }

    EngineBridge& m_bridge;
    std::optional<StageProgress> m_progress;
    std::optional<LatentPreview> m_preview;
    Clock::time_point m_lastProgress;
    Clock::time_point m_lastPreview;
};

bool isAllowed(RunState from, RunState to)
{
    switch (from) {
    case RunState::Idle: return to == RunState::Planning;
    case RunState::Planning: return to != RunState::Planning;
    case RunState::Running: return to == RunState::Stopping || to == RunState::Idle;
    case RunState::Stopping: return to == RunState::Idle;
    }
    return false;
}

}  // namespace

QImage toImage(const RgbFrame& frame)
{
    const auto needed = std::size_t(frame.width) * std::size_t(frame.height) * 3;
    if (frame.width <= 0 || frame.height <= 0 || frame.pixels.size() < needed) return {};
    const QImage borrowed(frame.pixels.data(), frame.width, frame.height, qsizetype(frame.width) * 3, QImage::Format_RGB888);
    return borrowed.convertToFormat(QImage::Format_RGB32);
}

EngineBridge::EngineBridge(Engine& engine, QObject* parent)
    : QObject(parent), m_engine(engine), m_lookups(QStringLiteral("lookups")), m_runs(QStringLiteral("engine"))
{
}

EngineBridge::~EngineBridge()
{
    m_stop.request_stop();
    ++m_newestInspection;
    ++m_newestOutlook;
    m_runs.finish();
    m_lookups.finish();
}

void EngineBridge::transition(RunState to)
{
    if (!isAllowed(m_state, to)) return;
    m_state = to;
    Q_EMIT stateChanged(to);
}

void EngineBridge::begin(std::function<Result<RunReport>(std::stop_token)> run)
{
    if (m_state != RunState::Idle) return;
    m_stop = std::stop_source();
    transition(RunState::Planning);
    m_runs.post([this, run = std::move(run), stop = m_stop.get_token()] {
        QMetaObject::invokeMethod(
            this, [this, result = run(stop)] { concludeRun(result); }, Qt::QueuedConnection);
    });
}

void EngineBridge::start(const GenerateRequest& request)
{
    begin([this, request](std::stop_token stop) { return generateOnEngineThread(request, stop); });
}

void EngineBridge::decode(const DecodeRequest& request)
{
    begin([this, request](std::stop_token stop) { return decodeOnEngineThread(request, stop); });
}

void EngineBridge::cancel()
{
    m_stop.request_stop();
    transition(RunState::Stopping);
}

Result<RunReport> EngineBridge::generateOnEngineThread(const GenerateRequest& request, std::stop_token stop)
{
    const GenerateRequest resolved = TRY(m_engine.resolve(request));
    const Plan plan = TRY(m_engine.plan(resolved));
    if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "The run was stopped before it began");
    QMetaObject::invokeMethod(
        this,
        [this, resolved, plan] {
            transition(RunState::Running);
            Q_EMIT runPlanned(resolved, plan);
        },
        Qt::QueuedConnection);
    PostingListener listener(*this);
    return m_engine.generate(resolved, plan, listener, stop);
}

Result<RunReport> EngineBridge::decodeOnEngineThread(const DecodeRequest& request, std::stop_token stop)
{
    QMetaObject::invokeMethod(
        this,
        [this, request] {
            transition(RunState::Running);
            Q_EMIT decodeStarted(request);
        },
        Qt::QueuedConnection);
    PostingListener listener(*this);
    return m_engine.decode(request, listener, stop);
}

void EngineBridge::concludeRun(const Result<RunReport>& result)
{
    transition(RunState::Idle);
    if (result) {
        Q_EMIT runFinished(*result);
    } else if (result.error().code == ErrorCode::Cancelled) {
        Q_EMIT runCancelled();
    } else {
        Q_EMIT runFailed(result.error());
    }
}

void EngineBridge::listModels(const std::vector<std::filesystem::path>& folders)
{
    m_lookups.post([this, folders] {
        QMetaObject::invokeMethod(
            this, [this, models = m_engine.list_models(folders)] { Q_EMIT modelsListed(models); }, Qt::QueuedConnection);
    });
}

void EngineBridge::inspectModel(const std::filesystem::path& dir)
{
    const int ticket = ++m_newestInspection;
    m_lookups.post([this, dir, ticket] {
        if (ticket != m_newestInspection) return;
        const auto deliver = [this, dir, ticket, model = m_engine.inspect(dir)] {
            if (ticket != m_newestInspection) return;
            if (model) {
                Q_EMIT modelInspected(*model);
            } else {
                Q_EMIT modelRefused(dir, model.error());
            }
        };
        QMetaObject::invokeMethod(this, deliver, Qt::QueuedConnection);
    });
}

void EngineBridge::lookAhead(const GenerateRequest& request)
{
    const int ticket = ++m_newestOutlook;
    m_lookups.post([this, request, ticket] {
        if (ticket != m_newestOutlook) return;
        const Result<GenerateRequest> resolved = m_engine.resolve(request);
        const Result<PlanOutlook> outlook = resolved ? m_engine.outlook(*resolved) : tl::unexpected(resolved.error());
        const auto deliver = [this, ticket, resolved, outlook] {
            if (ticket != m_newestOutlook) return;
            if (outlook) {
                Q_EMIT outlookReady(*resolved, *outlook);
            } else {
                Q_EMIT outlookRefused(outlook.error());
            }
        };
        QMetaObject::invokeMethod(this, deliver, Qt::QueuedConnection);
    });
}

}  // namespace headroom::ui
