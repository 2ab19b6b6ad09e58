#pragma once

#include <QObject>

#include "ui/bridge/run_state.h"
#include "ui/theme/theme_controller.h"
#include "ui/widgets/frame_view.h"

class QAction;
class QActionGroup;
class QMainWindow;
class QMenu;

namespace headroom::ui {

/// The window's menus and shortcuts. Says what the person wants by signals; knows nothing of how it is done.
class WindowMenus : public QObject {
    Q_OBJECT

public:
    /// Adds the menus to the window's menu bar.
    explicit WindowMenus(QMainWindow& window);

    /// Adds a dock's show-and-hide action to the View menu.
    void addDockAction(QAction* action);

    void showState(RunState state);
    void showAppearance(Appearance appearance);
    void showScaling(Scaling scaling);
    void showFit(Fit fit);
    void setCanSave(bool canSave);

Q_SIGNALS:
    void openModelRequested();
    void openClipRequested();
    void saveAsRequested();
    void settingsRequested();
    void quitRequested();
    void generateRequested();
    void stopRequested();
    void seedLockToggled();
    void budgetRequested();
    void appearanceChosen(headroom::ui::Appearance appearance);
    void scalingChosen(headroom::ui::Scaling scaling);
    void fitChosen(headroom::ui::Fit fit);
    void startRequested();
    void aboutRequested();
    void shortcutsRequested();

private:
    void buildFile();
    void buildClip();
    void buildView();
    void buildHelp();

    QMainWindow& m_window;
    QMenu* m_docks = nullptr;
    QAction* m_dockEnd = nullptr;  ///< Dock actions are put before this separator.
    QActionGroup* m_appearance = nullptr;
    QActionGroup* m_scaling = nullptr;
    QAction* m_fit = nullptr;
    QAction* m_generate = nullptr;
    QAction* m_stop = nullptr;
    QAction* m_saveAs = nullptr;
};

}  // namespace headroom::ui
