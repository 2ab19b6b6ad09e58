#pragma once

#include <optional>

#include <QObject>
#include <QStringList>
#include <QTimer>

#include "core/engine/engine.h"
#include "ui/bridge/clip_opener.h"
#include "ui/bridge/engine_bridge.h"
#include "ui/budget_session.h"
#include "ui/session_parts.h"

namespace headroom::ui {

/// What a person does in the window, over the panels and the bridge: open a model, ask for a clip, stop, get a clip's settings
/// back.
class Session : public QObject {
    Q_OBJECT

public:
    Session(Engine& engine, const SessionParts& parts, QObject* parent = nullptr);

    /// Shows what was remembered, lists the models and opens the last one.
    void begin();

    RunState state() const { return m_bridge.state(); }
    const std::optional<ModelInfo>& model() const { return m_model; }

    /// Opens a folder as the model; an empty path is the demo model.
    void openModel(const std::filesystem::path& dir);

    /// Gets the settings of a clip back and shows it.
    void openClip(const std::filesystem::path& path);

    /// A folder is a model, or a PNG sequence; a file is a clip.
    void openPath(const std::filesystem::path& path);

    /// Lists the models again, after the person changed their folders.
    void refreshModels();

    void generate();
    void stop();

    /// Makes the clip of the last run that ended between denoising and its clip, within the budget and the ways chosen now.
    void finishKeptClip();

    void showMessage(const QString& sentence);

    /// Keeps the prompt and numbers for the next start.
    void remember();

Q_SIGNALS:
    void stateChanged(headroom::ui::RunState state);

    /// A run has ended by itself: "The clip is ready" or what went wrong.
    void runEnded(const QString& title, const QString& sentence);

private:
    /// What a run left that ended between denoising and its clip.
    struct KeptClip {
        std::filesystem::path latents;
        GenerateRequest request;
    };

    void connectPanels();
    void connectRun();
    void adoptModel(const ModelInfo& model);
    void refuseModel(const std::filesystem::path& dir, const Error& error);
    void applyRemembered();
    void restoreClip(const OpenedClip& clip);
    void applyRestored();
    void showError(const Error& error);
    void showPlan(const GenerateRequest& request, const std::string& device, ComputeDtype dtype);
    void beginRun(const GenerateRequest& request, const Plan& plan);
    void settleRun();
    void finishRun(const RunReport& report);
    void abandonRun(const QString& badge);
    void failRun(const Error& error);
    void stopRun();
    QString finishText() const;
    void chooseOutput(GenerateRequest& request) const;
    void captionClip();
    GenerateRequest composeRequest() const;

    SessionParts m_parts;
    EngineBridge m_bridge;
    BudgetSession m_budget;
    ClipOpener m_clips;
    QTimer m_planTimer;
    bool m_summaryAwaitsPlan = false;  ///< False once a run has ended: a plan that was asked for before must not hide how it did.
    std::optional<ModelInfo> m_model;
    std::optional<OpenedClip> m_restoring;  ///< A clip whose model is being opened.
    std::optional<KeptClip> m_kept;
    QStringList m_notRestored;
    GenerateRequest m_running;  ///< The resolved request of the run, or of the last one.
    bool m_firstModel = true;
};

}  // namespace headroom::ui
