#include "ui/main_window.h"

#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QMimeData>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>
#include <QUrl>

#include "ui/dialogs/help_dialogs.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/dialogs/start_dialog.h"
#include "ui/file_actions.h"
#include "ui/models/run_progress.h"
#include "ui/panels/clip_panel.h"
#include "ui/panels/generate_panel.h"
#include "ui/panels/memory_panel.h"
#include "ui/panels/model_panel.h"
#include "ui/panels/prompt_panel.h"
#include "ui/panels/request_panel.h"
#include "ui/panels/saved_bar.h"
#include "ui/panels/stages_panel.h"
#include "ui/panels/viewer_panel.h"
#include "ui/session.h"
#include "ui/settings/output_location.h"
#include "ui/settings/settings_keys.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/run_status.h"
#include "ui/widgets/seed_field.h"
#include "ui/widgets/transport_bar.h"
#include "ui/window_menus.h"

namespace headroom::ui {

namespace {

/// The file or folder that is dragged; empty when it is none of this machine.
std::filesystem::path droppedPath(const QMimeData& data)
{
    const QList<QUrl> urls = data.urls();
    return !urls.isEmpty() && urls.first().isLocalFile() ? toPath(urls.first().toLocalFile()) : std::filesystem::path();
}

}  // namespace

MainWindow::MainWindow(Engine& engine, SettingsStore& settings, ThemeController& theme, const AboutText& about)
    : m_settings(settings), m_theme(theme), m_about(about)
{
    setWindowTitle(QStringLiteral("Headroom"));
    setObjectName(QStringLiteral("mainWindow"));
    setAccessibleName(windowTitle());
    setAcceptDrops(true);
    m_progress = new RunProgress(this);
    m_viewer = new ViewerPanel(this);
    setCentralWidget(m_viewer);
    buildDocks();
    m_status = new RunStatus(*m_progress, this);
    statusBar()->addWidget(m_status, 1);
    statusBar()->setAccessibleName(tr("Status"));
    m_menus = new WindowMenus(*this);
    m_menus->addDockAction(m_requestDock->toggleViewAction());
    m_menus->addDockAction(m_runDock->toggleViewAction());
    m_session = new Session(engine, {m_settings, *m_request, *m_viewer, *m_memory, *m_progress}, this);
    connectMenus();
    connectFiles();
    restoreLayout();
    m_session->begin();
    m_request->prompt().focusPrompt();
}

MainWindow::~MainWindow()
{
    delete m_session;  // Ends the engine's threads before the panels go.
}

void MainWindow::buildDocks()
{
    const auto addDock = [this](const QString& title, const char* objectName, QWidget* content, Qt::DockWidgetArea area) {
        auto* dock = new QDockWidget(title, this);
        dock->setObjectName(QString::fromLatin1(objectName));
        dock->setAccessibleName(title);
        dock->setWidget(content);
        addDockWidget(area, dock);
        return dock;
    };
    m_request = new RequestPanel(this);
    m_stages = new StagesPanel(*m_progress, this);
    m_memory = new MemoryPanel(this);
    m_tabs = new QTabWidget(this);
    m_tabs->setObjectName(QStringLiteral("runTabs"));
    m_tabs->setAccessibleName(tr("About the run"));
    m_tabs->tabBar()->setAccessibleName(tr("About the run"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_memory, tr("Memory"));
    m_tabs->addTab(m_stages, tr("Stages"));
    m_tabs->setMinimumWidth(248);
    m_requestDock = addDock(tr("Clip"), "requestDock", m_request, Qt::LeftDockWidgetArea);
    m_runDock = addDock(tr("Run"), "runDock", m_tabs, Qt::RightDockWidgetArea);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
}

void MainWindow::connectMenus()
{
    connect(m_menus, &WindowMenus::openModelRequested, this, &MainWindow::chooseModelFolder);
    connect(m_menus, &WindowMenus::openClipRequested, this, &MainWindow::chooseClip);
    connect(m_menus, &WindowMenus::saveAsRequested, this, &MainWindow::saveClipAs);
    connect(m_menus, &WindowMenus::settingsRequested, this, &MainWindow::editSettings);
    connect(m_menus, &WindowMenus::quitRequested, this, &QWidget::close);
    connect(m_menus, &WindowMenus::generateRequested, m_session, &Session::generate);
    connect(m_menus, &WindowMenus::stopRequested, m_session, &Session::stop);
    connect(m_menus, &WindowMenus::seedLockToggled, this, [this] {
        SeedField& seed = m_request->clip().seedField();
        seed.setMode(seed.mode() == SeedMode::Kept ? SeedMode::Fresh : SeedMode::Kept);
    });
    connect(m_menus, &WindowMenus::budgetRequested, this, [this] {
        m_runDock->show();
        m_tabs->setCurrentWidget(m_memory);
        m_memory->focusBudget();
    });
    connect(m_menus, &WindowMenus::appearanceChosen, this, [this](Appearance appearance) {
        m_theme.setAppearance(appearance);
        m_settings.set(keys::kAppearance, int(appearance));
    });
    connect(m_menus, &WindowMenus::scalingChosen, this, [this](Scaling scaling) {
        m_viewer->view().setScaling(scaling);
        m_settings.set(keys::kScaling, int(scaling));
    });
    connect(m_menus, &WindowMenus::fitChosen, this, [this](Fit fit) {
        m_viewer->view().setFit(fit);
        m_settings.set(keys::kFit, int(fit));
    });
    connect(m_menus, &WindowMenus::startRequested, this, &MainWindow::showStart);
    connect(m_menus, &WindowMenus::aboutRequested, this, [this] { showAbout(m_about.version, m_about.components, this); });
    connect(m_menus, &WindowMenus::shortcutsRequested, this, [this] { showShortcuts(this); });
    connect(m_session, &Session::stateChanged, this, &MainWindow::showState);
    connect(m_session, &Session::runEnded, this, [this](const QString& title, const QString& sentence) {
        if (m_settings.get(keys::kNotify) && !m_closing) alertPerson(*this, m_notifier, title, sentence);
    });
}

void MainWindow::connectFiles()
{
    const auto complainUnless = [this](bool opened) {
        if (!opened) m_session->showMessage(tr("Nothing on this machine opens %1.").arg(fromPath(m_viewer->saved().path())));
    };
    SavedBar& saved = m_viewer->saved();
    connect(&saved, &SavedBar::openRequested, this, [&saved, complainUnless] { complainUnless(openExternally(saved.path())); });
    connect(&saved, &SavedBar::showFolderRequested, this,
            [&saved, complainUnless] { complainUnless(showInFolder(saved.path())); });
    connect(&saved, &SavedBar::saveAsRequested, this, &MainWindow::saveClipAs);
    connect(&saved, &SavedBar::changed, this, [this, &saved] { m_menus->setCanSave(!saved.path().empty()); });
    connect(&m_request->model(), &ModelPanel::openFolderRequested, this, &MainWindow::chooseModelFolder);
    connect(&m_viewer->transport(), &TransportBar::loopsChanged, this,
            [this](bool loops) { m_settings.set(keys::kLoop, loops); });
}

void MainWindow::restoreLayout()
{
    resize(1180, 760);
    resizeDocks({m_requestDock, m_runDock}, {304, 348}, Qt::Horizontal);
    restoreGeometry(m_settings.get(keys::kGeometry));
    restoreState(m_settings.get(keys::kLayout));
    m_viewer->transport().setLoops(m_settings.get(keys::kLoop));
    const auto scaling = static_cast<Scaling>(m_settings.get(keys::kScaling));
    const auto fit = static_cast<Fit>(m_settings.get(keys::kFit));
    m_viewer->view().setScaling(scaling);
    m_viewer->view().setFit(fit);
    m_menus->showScaling(scaling);
    m_menus->showFit(fit);
    m_menus->showAppearance(m_theme.appearance());
}

void MainWindow::rememberLayout()
{
    m_settings.set(keys::kGeometry, saveGeometry());
    m_settings.set(keys::kLayout, saveState());
    m_session->remember();
}

void MainWindow::showState(RunState state)
{
    m_menus->showState(state);
    m_status->showState(state);
    const QWidget* focused = focusWidget();
    const bool onButton =
        focused && (focused->objectName() == QStringLiteral("generate") || focused->objectName() == QStringLiteral("stop"));
    // Space on a hidden or reappearing Generate would start another run.
    if (onButton) m_viewer->view().setFocus();
    if (m_closing && state == RunState::Idle) QMetaObject::invokeMethod(this, &QWidget::close, Qt::QueuedConnection);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    rememberLayout();
    if (m_session->state() == RunState::Idle) return event->accept();
    m_closing = true;
    m_session->stop();
    setWindowTitle(tr("Stopping… – Headroom"));
    event->ignore();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    const QMimeData& data = *event->mimeData();
    const std::filesystem::path path = droppedPath(data);
    if (path.empty() && !data.hasText()) return;
    std::error_code ignored;
    m_viewer->view().setDropHint(path.empty()                                   ? tr("Drop the text to make it the prompt")
                                 : std::filesystem::is_directory(path, ignored) ? tr("Drop the folder to open it")
                                                                                : tr("Drop the clip to get its settings back"));
    event->acceptProposedAction();
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*)
{
    m_viewer->view().setDropHint({});
}

void MainWindow::dropEvent(QDropEvent* event)
{
    m_viewer->view().setDropHint({});
    const QMimeData& data = *event->mimeData();
    if (const std::filesystem::path path = droppedPath(data); !path.empty()) {
        m_session->openPath(path);
    } else if (data.hasText()) {
        m_request->prompt().setPrompt(data.text());
    }
    event->acceptProposedAction();
}

void MainWindow::keyPressEvent(QKeyEvent* event)
{
    if (event->modifiers() == Qt::NoModifier && m_viewer->transport().handleKey(event->key())) return event->accept();
    QMainWindow::keyPressEvent(event);
}

void MainWindow::chooseModelFolder()
{
    const QString chosen = QFileDialog::getExistingDirectory(this, tr("Open a model folder in the diffusers layout"));
    if (!chosen.isEmpty()) m_session->openModel(toPath(chosen));
}

void MainWindow::chooseClip()
{
    const QString filter = tr("Clips of Headroom (*.mp4 *.mkv *.gif *.png *.json);;All files (*)");
    const QString chosen =
        QFileDialog::getOpenFileName(this, tr("Open the settings of a clip"), outputFolder(m_settings), filter);
    if (!chosen.isEmpty()) m_session->openClip(toPath(chosen));
}

void MainWindow::saveClipAs()
{
    const std::filesystem::path clip = m_viewer->saved().path();
    if (clip.empty()) return;
    const QString suggestion = fromPath(isSequence(clip) ? clip.parent_path() : clip);
    const QString chosen = QFileDialog::getSaveFileName(this, tr("Save the clip as"), suggestion);
    if (chosen.isEmpty()) return;
    if (const auto problem = copyClip(clip, toPath(chosen))) {
        m_request->generate().banner().showMessage(MessageBanner::Kind::Error, QString::fromStdString(problem->message));
    } else {
        m_session->showMessage(tr("Saved a copy as %1").arg(chosen));
    }
}

void MainWindow::editSettings()
{
    auto* dialog = new SettingsDialog(m_settings, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, m_session, &Session::refreshModels);
    if (m_start) connect(dialog, &QDialog::accepted, m_start, &StartDialog::reload);
    dialog->open();
}

void MainWindow::showStart()
{
    if (!m_start) {
        m_start = new StartDialog([this] { return lookAtMachine(m_settings, m_about.gpu_runtime_manifest); }, this);
        m_start->setSource(runtimeSource(m_about.package_index));
        connect(m_start, &StartDialog::settingsRequested, this, &MainWindow::editSettings);
    }
    m_start->reload();
    m_start->show();
    m_start->raise();
}

}  // namespace headroom::ui
