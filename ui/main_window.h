#pragma once

#include <QMainWindow>

#include "core/engine/engine.h"
#include "ui/bridge/run_state.h"
#include "ui/desktop/run_alert.h"

class QDockWidget;
class QMimeData;
class QTabWidget;

namespace headroom::ui {

class MemoryPanel;
class RequestPanel;
class RunProgress;
class RunStatus;
class Session;
class SettingsStore;
class StagesPanel;
class StartDialog;
class ThemeController;
class ViewerPanel;
class WindowMenus;

/// What the window is told by whoever opens it.
struct AboutText {
    QString version;
    QStringList components;  ///< "LibTorch 2.11.0"
    std::filesystem::path gpu_runtime_manifest = {};
    std::string package_index = {};
};

/// The window: puts the panels together and hands what the person does to the session.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    /// Everything passed in must outlive the window.
    MainWindow(Engine& engine, SettingsStore& settings, ThemeController& theme, const AboutText& about);
    ~MainWindow() override;

    Session& session() { return *m_session; }
    ViewerPanel& viewer() { return *m_viewer; }
    MemoryPanel& memory() { return *m_memory; }

    /// The first-start screen. Does not block the window.
    void showStart();

    /// Who is told when a run ends while the window is not in front; the desktop, unless set.
    void setNotifier(const Notifier& notifier) { m_notifier = notifier; }

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void buildDocks();
    void connectMenus();
    void connectFiles();
    void restoreLayout();
    void rememberLayout();
    void showState(RunState state);
    void chooseModelFolder();
    void chooseClip();
    void saveClipAs();
    void editSettings();

    SettingsStore& m_settings;
    ThemeController& m_theme;
    AboutText m_about;
    RunProgress* m_progress = nullptr;
    RequestPanel* m_request = nullptr;
    ViewerPanel* m_viewer = nullptr;
    StagesPanel* m_stages = nullptr;
    MemoryPanel* m_memory = nullptr;
    QTabWidget* m_tabs = nullptr;
    QDockWidget* m_requestDock = nullptr;
    QDockWidget* m_runDock = nullptr;
    RunStatus* m_status = nullptr;
    WindowMenus* m_menus = nullptr;
    Session* m_session = nullptr;
    StartDialog* m_start = nullptr;  ///< Made when it is first asked for; a fetch goes on while it is closed.
    Notifier m_notifier = desktopNotifier();
    bool m_closing = false;  ///< The window closes as soon as the run has stopped.
};

}  // namespace headroom::ui
