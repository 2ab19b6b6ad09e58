#include "ui/session.h"

#include <QDir>
#include <QLocale>

#include "ui/file_actions.h"
#include "ui/models/model_list_model.h"
#include "ui/models/plan_text.h"
#include "ui/models/run_progress.h"
#include "ui/panels/clip_panel.h"
#include "ui/panels/generate_panel.h"
#include "ui/panels/memory_panel.h"
#include "ui/panels/model_panel.h"
#include "ui/panels/prompt_panel.h"
#include "ui/panels/request_panel.h"
#include "ui/panels/saved_bar.h"
#include "ui/panels/viewer_panel.h"
#include "ui/settings/output_location.h"
#include "ui/settings/remembered_budget.h"
#include "ui/settings/remembered_request.h"
#include "ui/settings/settings_keys.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/seed_field.h"
#include "ui/widgets/strategy_chips.h"

namespace headroom::ui {

namespace {

constexpr int kPlanDelay_ms = 250;

std::vector<std::filesystem::path> modelFolders(const SettingsStore& settings)
{
    std::vector<std::filesystem::path> folders;
    for (const QString& folder : settings.get(keys::kModelFolders)) folders.push_back(toPath(folder));
    return folders;
}

QString sizeText(const GenerateRequest& request)
{
    return QStringLiteral("%1 × %2").arg(request.width.value_or(0)).arg(request.height.value_or(0));
}

/// Names what makes the times of two runs comparable.
QString runKind(const GenerateRequest& request, const Plan& plan)
{
    return QStringLiteral("%1|%2|%3|%4|%5|%6")
        .arg(fromPath(request.model_dir), sizeText(request), QString::fromStdString(plan.device))
        .arg(request.frames.value_or(0))
        .arg(request.steps.value_or(0))
        .arg(request.guidance.value_or(0) > 1);
}

}  // namespace

Session::Session(Engine& engine, const SessionParts& parts, QObject* parent)
    : QObject(parent), m_parts(parts), m_bridge(engine), m_budget(m_bridge, parts)
{
    m_planTimer.setSingleShot(true);
    m_planTimer.setInterval(kPlanDelay_ms);
    connect(&m_planTimer, &QTimer::timeout, this, [this] {
        if (!m_model) return;
        m_summaryAwaitsPlan = true;
        m_bridge.lookAhead(composeRequest());
    });
    connect(&m_budget, &BudgetSession::pinsChanged, &m_planTimer, qOverload<>(&QTimer::start));
    connectPanels();
    connectRun();
}

void Session::connectPanels()
{
    RequestPanel& request = m_parts.request;
    connect(&request.model(), &ModelPanel::modelChosen, this, &Session::openModel);
    connect(&request.clip(), &ClipPanel::changed, &m_planTimer, qOverload<>(&QTimer::start));
    connect(&request.generate(), &GeneratePanel::generateRequested, this, &Session::generate);
    connect(&request.generate(), &GeneratePanel::stopRequested, this, &Session::stop);
    connect(&m_clips, &ClipOpener::opened, this, &Session::restoreClip);
    connect(&m_clips, &ClipOpener::refused, this, &Session::showError);
    connect(&m_bridge, &EngineBridge::modelsListed, &request.model(), &ModelPanel::setModels);
    connect(&m_bridge, &EngineBridge::modelInspected, this, &Session::adoptModel);
    connect(&m_bridge, &EngineBridge::modelRefused, this, &Session::refuseModel);
    connect(&m_bridge, &EngineBridge::outlookReady, this, [this](const GenerateRequest& looked, const PlanOutlook& outlook) {
        if (state() == RunState::Idle && m_summaryAwaitsPlan) showPlan(looked, outlook.device, outlook.dtype);
    });
    connect(&m_parts.viewer, &ViewerPanel::clipReplaced, this, &Session::captionClip);
}

void Session::connectRun()
{
    RunProgress& progress = m_parts.progress;
    connect(&m_bridge, &EngineBridge::stateChanged, &m_parts.request.generate(), &GeneratePanel::showState);
    connect(&m_bridge, &EngineBridge::runPlanned, this, &Session::beginRun);
    connect(&m_bridge, &EngineBridge::stageStarted, &progress, &RunProgress::beginStage);
    connect(&m_bridge, &EngineBridge::stageProgressed, &progress, &RunProgress::advance);
    connect(&m_bridge, &EngineBridge::stageFinished, &progress, &RunProgress::endStage);
    connect(&m_bridge, &EngineBridge::latentsPreviewed, this, [this](int step, const std::vector<QImage>& frames) {
        m_parts.viewer.showPreview(frames, tr("Preview · step %1 of %2").arg(step).arg(m_running.steps.value_or(step)));
    });
    connect(&m_bridge, &EngineBridge::frameDecoded, this, [this](int item, int index, const QImage& frame) {
        if (item == 0)
            m_parts.viewer.addFrame(frame,
                                    tr("Decoding · frame %1 of %2").arg(index + 1).arg(m_running.frames.value_or(index + 1)));
    });
    connect(&m_bridge, &EngineBridge::noticed, this, &Session::showMessage);
    connect(&m_bridge, &EngineBridge::runFinished, this, &Session::finishRun);
    connect(&m_bridge, &EngineBridge::latentsKept, this, [this](const std::filesystem::path& latents) {
        m_kept = {latents, m_running};
    });
    connect(&m_bridge, &EngineBridge::decodeStarted, this, [this] {
        m_parts.progress.beginRun(QStringLiteral("decode|") + sizeText(m_running));
        m_parts.viewer.beginClip(m_running.fps.value_or(16));
    });
    connect(&m_bridge, &EngineBridge::runFailed, this, &Session::failRun);
    connect(&m_bridge, &EngineBridge::runCancelled, this, &Session::stopRun);
    connect(&m_parts.request.generate().banner(), &MessageBanner::actionChosen, this, &Session::finishKeptClip);
    // Last, so that whoever closes the window on Idle finds the panels settled.
    connect(&m_bridge, &EngineBridge::stateChanged, this, &Session::stateChanged);
}

void Session::begin()
{
    applyRemembered();
    refreshModels();
    openModel(toPath(m_parts.settings.get(keys::kModelDir)));
}

void Session::refreshModels()
{
    m_bridge.listModels(modelFolders(m_parts.settings));
}

void Session::openModel(const std::filesystem::path& dir)
{
    m_parts.request.generate().setSummary(tr("Opening the model…"));
    m_bridge.inspectModel(dir);
}

void Session::adoptModel(const ModelInfo& model)
{
    const bool same = m_model && m_model->dir == model.dir;
    m_model = model;
    m_parts.request.model().showModel(model);
    m_parts.request.clip().setModelRules(model);
    m_parts.request.prompt().setExample(QString::fromStdString(model.defaults.prompt));
    if (!same) m_parts.request.clip().resetToDefaults();
    if (m_restoring) {
        applyRestored();
    } else if (m_firstModel) {
        m_parts.request.clip().apply(rememberedNumbers(m_parts.settings));
        if (m_parts.request.prompt().prompt().isEmpty()) {
            m_parts.request.prompt().setPrompt(QString::fromStdString(model.defaults.prompt));
        }
    }
    m_firstModel = false;
    m_parts.request.generate().setReady(true);
    m_planTimer.start();
}

void Session::refuseModel(const std::filesystem::path& dir, const Error& error)
{
    m_parts.request.model().showLastModel();
    showError(error);
    if (m_restoring) {
        m_notRestored << tr("the model in %1").arg(fromPath(dir));
        return applyRestored();
    }
    if (m_model) return m_planTimer.start();
    if (!dir.empty()) return m_bridge.inspectModel({});
    m_parts.request.generate().setSummary(tr("No model is open. Open a model folder to begin."));
}

void Session::applyRemembered()
{
    const SettingsStore& settings = m_parts.settings;
    m_parts.request.prompt().setPrompt(settings.get(keys::kPrompt));
    m_parts.request.prompt().setNegativePrompt(settings.get(keys::kNegativePrompt));
    SeedField& seed = m_parts.request.clip().seedField();
    seed.setSeed(settings.get(keys::kSeed).toULongLong());
    seed.setMode(static_cast<SeedMode>(settings.get(keys::kSeedMode)));
    m_parts.memory.chips().setPins(rememberedPins(settings));
    m_parts.memory.budget().setBudget(rememberedBudget(settings, settings.get(keys::kLastDevice).toStdString()));
}

void Session::remember()
{
    const SeedMode mode = m_parts.request.clip().seedField().mode();
    rememberRequest(m_parts.settings, composeRequest());
    m_parts.settings.set(keys::kSeedMode, static_cast<int>(mode));
    m_parts.settings.sync();
}

GenerateRequest Session::composeRequest() const
{
    GenerateRequest request;
    if (m_model) request.model_dir = m_model->dir;
    request.prompt = m_parts.request.prompt().prompt().toStdString();
    request.negative_prompt = m_parts.request.prompt().negativePrompt().toStdString();
    m_parts.request.clip().fill(request);
    request.execution.budget_bytes = m_parts.memory.budget().chosenBudget();
    request.execution.pins = m_parts.memory.chips().pins();
    request.output.store_prompt = m_parts.settings.get(keys::kStorePrompt);
    return request;
}

void Session::generate()
{
    if (state() != RunState::Idle || !m_model) return;
    if (m_parts.request.prompt().prompt().trimmed().isEmpty()) {
        m_parts.request.prompt().focusPrompt();
        return showMessage(tr("The prompt is empty: describe what should happen in the clip, then press Generate."));
    }
    if (!m_parts.memory.budget().fits()) return showMessage(verdictText(m_parts.memory.budget()));
    m_parts.request.generate().banner().dismiss();
    m_parts.request.clip().seedField().resolveSeed();
    GenerateRequest request = composeRequest();
    chooseOutput(request);
    m_kept.reset();
    m_running = request;
    remember();
    m_bridge.start(request);
}

void Session::finishKeptClip()
{
    if (state() != RunState::Idle || !m_kept) return;
    m_parts.request.generate().banner().dismiss();
    m_running = m_kept->request;
    chooseOutput(m_running);
    m_bridge.decode({m_running.model_dir, m_kept->latents, m_running.fps, m_running.output, composeRequest().execution, {}});
}

void Session::chooseOutput(GenerateRequest& request) const
{
    // A file that is not to carry the prompt is not named after it either.
    const QString prompt = request.output.store_prompt ? QString::fromStdString(request.prompt) : QString();
    request.output.path = nextClipPath(m_parts.settings, QDateTime::currentDateTime(), prompt, request.seed);
    QDir().mkpath(fromPath(request.output.path.parent_path()));
}

void Session::stop()
{
    if (state() == RunState::Planning || state() == RunState::Running) m_bridge.cancel();
}

void Session::showPlan(const GenerateRequest& request, const std::string& device, ComputeDtype dtype)
{
    const double seconds = double(request.frames.value_or(0)) / std::max(1, request.fps.value_or(1));
    m_parts.request.generate().setSummary(tr("%1 · %2 · %3 frames, %4 s")
                                              .arg(deviceText(device), dtypeText(dtype))
                                              .arg(request.frames.value_or(0))
                                              .arg(QLocale().toString(seconds, 'f', 2)));
}

void Session::beginRun(const GenerateRequest& request, const Plan& plan)
{
    m_running = request;
    m_parts.progress.beginRun(runKind(request, plan));
    showPlan(request, plan.device, plan.dtype);
    m_parts.memory.budget().beginRun(plan);
    m_parts.viewer.beginClip(request.fps.value_or(16));
}

/// What ends with every run, however it ended.
void Session::settleRun()
{
    m_parts.progress.endRun();
    m_parts.memory.budget().endRun();
    m_summaryAwaitsPlan = false;
}

void Session::finishRun(const RunReport& report)
{
    std::error_code ignored;
    if (m_kept) std::filesystem::remove(m_kept->latents, ignored);
    m_kept.reset();
    settleRun();
    m_parts.viewer.finishClip();
    if (!report.outputs.empty()) m_parts.viewer.saved().showSaved(report.outputs.front());
    const QString sentence = tr("Done in %1").arg(exactDurationText(report.seconds_total));
    m_parts.request.generate().setSummary(sentence);
    Q_EMIT runEnded(tr("The clip is ready"), sentence);
}

void Session::abandonRun(const QString& badge)
{
    settleRun();
    m_parts.viewer.abandonClip(badge);
    if (isSequence(m_running.output.path))
        QDir().rmdir(fromPath(m_running.output.path.parent_path()));  // Goes only when it is empty.
}

void Session::failRun(const Error& error)
{
    abandonRun(tr("The run failed"));
    m_parts.request.generate().setSummary({});
    m_parts.request.generate().banner().showMessage(MessageBanner::Kind::Error, QString::fromStdString(error.message),
                                                    finishText());
    Q_EMIT runEnded(tr("The run failed"), QString::fromStdString(error.message));
}

void Session::stopRun()
{
    abandonRun(tr("Stopped"));
    if (!m_kept) return m_parts.request.generate().setSummary(tr("Stopped. Nothing was saved."));
    m_parts.request.generate().setSummary(tr("Stopped while decoding."));
    const QString sentence = tr("The denoised latents are kept: the clip can be finished without denoising again.");
    m_parts.request.generate().banner().showMessage(MessageBanner::Kind::Notice, sentence, finishText());
}

QString Session::finishText() const
{
    return m_kept ? tr("Finish this clip") : QString();
}

void Session::captionClip()
{
    m_parts.viewer.setCaption(QString::fromStdString(m_running.prompt), m_running.seed, sizeText(m_running));
}

void Session::openPath(const std::filesystem::path& path)
{
    std::error_code ignored;
    const bool isModel =
        std::filesystem::is_directory(path, ignored) && std::filesystem::exists(path / "model_index.json", ignored);
    const bool holdsFrames = std::filesystem::is_directory(path, ignored) &&
                             !QDir(fromPath(path)).entryList({QStringLiteral("*.png")}, QDir::Files).isEmpty();
    if (std::filesystem::is_directory(path, ignored) && (isModel || !holdsFrames)) {
        openModel(path);
    } else {
        openClip(path);
    }
}

void Session::openClip(const std::filesystem::path& path)
{
    m_clips.open(path);
}

void Session::restoreClip(const OpenedClip& clip)
{
    m_restoring = clip;
    m_notRestored.clear();
    const GenerateRequest& request = clip.settings.request;
    const QString name = QString::fromStdString(clip.settings.model_name);
    ModelListModel& models = m_parts.request.model().models();
    int row = request.model_dir.empty() ? -1 : models.rowOf(request.model_dir);
    if (row < 0 && !name.isEmpty()) row = models.rowNamed(name);
    std::error_code ignored;
    if (row >= 0 && models.at(row)->supported) {
        m_bridge.inspectModel(models.at(row)->dir);
    } else if (!request.model_dir.empty() && std::filesystem::is_directory(request.model_dir, ignored)) {
        m_bridge.inspectModel(request.model_dir);
    } else {
        m_notRestored
            << tr("the model “%1” (it is not on this machine)").arg(name.isEmpty() ? fromPath(request.model_dir) : name);
        applyRestored();
    }
}

void Session::applyRestored()
{
    const OpenedClip clip = *m_restoring;
    m_restoring.reset();
    const GenerateRequest& wanted = clip.settings.request;
    if (wanted.prompt.empty()) {
        m_notRestored << tr("the prompt (the file does not carry it)");
    } else {
        m_parts.request.prompt().setPrompt(QString::fromStdString(wanted.prompt));
        m_parts.request.prompt().setNegativePrompt(QString::fromStdString(wanted.negative_prompt));
    }
    m_parts.request.clip().apply(wanted);
    m_parts.request.clip().seedField().setSeed(wanted.seed);
    m_parts.request.clip().seedField().setMode(SeedMode::Kept);
    m_notRestored += differences(wanted, composeRequest());
    if (state() == RunState::Idle && !clip.frames.empty()) {
        m_running = wanted;
        m_parts.viewer.showClip(clip.frames, clip.fps);
        m_parts.viewer.saved().showSaved(clip.path);
        captionClip();
    }
    const QString file = fromPath(clip.opened.filename());
    showMessage(m_notRestored.isEmpty()
                    ? tr("The settings of %1 are back.").arg(file)
                    : tr("The settings of %1 are back, except: %2.").arg(file, m_notRestored.join(QStringLiteral("; "))));
    m_planTimer.start();
}

void Session::showError(const Error& error)
{
    m_parts.request.generate().banner().showMessage(MessageBanner::Kind::Error, QString::fromStdString(error.message));
}

void Session::showMessage(const QString& sentence)
{
    m_parts.request.generate().banner().showMessage(MessageBanner::Kind::Notice, sentence);
}

}  // namespace headroom::ui
