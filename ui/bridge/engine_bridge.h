#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

#include <QImage>
#include <QObject>

#include "core/engine/engine.h"
#include "ui/bridge/background_thread.h"
#include "ui/bridge/run_state.h"

namespace headroom::ui {

/// Between the engine and the window: runs the engine on its own threads and tells of it by signals on the window's thread. The
/// only place that knows both the engine's callbacks and Qt. Runs have one thread; looking at models and ahead of runs has
/// another, so the picker answers during a run. Progress comes at most 15 times a second, latent previews 4 times (the newest
/// wins), every frame arrives.
class EngineBridge : public QObject {
    Q_OBJECT

public:
    /// The engine must outlive the bridge.
    explicit EngineBridge(Engine& engine, QObject* parent = nullptr);

    /// Stops the run, waits for it, and drops what was not delivered.
    ~EngineBridge() override;

    RunState state() const { return m_state; }

    /// Resolves, plans and runs a request; ignored unless Idle.
    void start(const GenerateRequest& request);

    /// Makes the clip from latents that a run left; ignored unless Idle. decodeStarted follows, then the signals of a run.
    void decode(const DecodeRequest& request);

    /// Asks the run to stop. The state is Stopping at once and Idle when the engine has ended.
    void cancel();

    /// Lists the models of these folders; modelsListed follows.
    void listModels(const std::vector<std::filesystem::path>& folders);

    /// Opens a folder; modelInspected or modelRefused follows, for the newest call only.
    void inspectModel(const std::filesystem::path& dir);

    /// Resolves a request and looks ahead without running it; outlookReady or outlookRefused follows, for the newest call only.
    void lookAhead(const GenerateRequest& request);

Q_SIGNALS:
    void stateChanged(headroom::ui::RunState state);
    void modelsListed(const std::vector<headroom::ModelEntry>& models);
    void modelInspected(const headroom::ModelInfo& model);
    void modelRefused(const std::filesystem::path& dir, const headroom::Error& error);
    void outlookReady(const headroom::GenerateRequest& request, const headroom::PlanOutlook& outlook);
    void outlookRefused(const headroom::Error& error);

    void runPlanned(const headroom::GenerateRequest& request, const headroom::Plan& plan);
    void decodeStarted(const headroom::DecodeRequest& request);
    void stageStarted(headroom::Stage stage, int total);
    void stageProgressed(const headroom::StageProgress& progress);
    void stageFinished(const headroom::StageReport& report);
    void latentsPreviewed(int step, const std::vector<QImage>& frames);
    void frameDecoded(int batchItem, int frameIndex, const QImage& frame);
    void noticed(const QString& sentence);
    /// Before runFailed or runCancelled: the denoised latents of the run lie in this file.
    void latentsKept(const std::filesystem::path& latents);
    void runFinished(const headroom::RunReport& report);
    void runFailed(const headroom::Error& error);
    void runCancelled();

private:
    void transition(RunState to);
    Result<RunReport> generateOnEngineThread(const GenerateRequest& request, std::stop_token stop);
    Result<RunReport> decodeOnEngineThread(const DecodeRequest& request, std::stop_token stop);
    void begin(std::function<Result<RunReport>(std::stop_token)> run);
    void concludeRun(const Result<RunReport>& result);

    Engine& m_engine;
    RunState m_state = RunState::Idle;
    std::stop_source m_stop;
    std::atomic<int> m_newestInspection = 0;
    std::atomic<int> m_newestOutlook = 0;
    BackgroundThread m_lookups;
    BackgroundThread m_runs;
};

/// A copy of the engine's picture as Qt draws it fastest.
QImage toImage(const RgbFrame& frame);

}  // namespace headroom::ui
