#include "ui/window_menus.h"

#include <QActionGroup>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>

namespace headroom::ui {

namespace {

/// Adds one of several choices to a menu and its group.
void addChoice(QMenu* menu, QActionGroup* group, const QString& text, int value)
{
    QAction* action = menu->addAction(text);
    action->setCheckable(true);
    action->setData(value);
    group->addAction(action);
}

void checkChoice(const QActionGroup* group, int value)
{
    for (QAction* action : group->actions()) {
        if (action->data().toInt() == value) action->setChecked(true);
    }
}

}  // namespace

WindowMenus::WindowMenus(QMainWindow& window) : QObject(&window), m_window(window)
{
    m_window.menuBar()->setAccessibleName(tr("Menus"));
    buildFile();
    buildClip();
    buildView();
    buildHelp();
    showState(RunState::Idle);
    setCanSave(false);
}

void WindowMenus::buildFile()
{
    QMenu* menu = m_window.menuBar()->addMenu(tr("&File"));
    menu->addAction(tr("Open &model folder…"), QKeySequence(tr("Ctrl+Shift+O")), this, &WindowMenus::openModelRequested);
    menu->addAction(tr("&Open clip settings…"), QKeySequence(tr("Ctrl+O")), this, &WindowMenus::openClipRequested);
    m_saveAs = menu->addAction(tr("Save clip &as…"), QKeySequence(tr("Ctrl+Shift+S")), this, &WindowMenus::saveAsRequested);
    menu->addSeparator();
    menu->addAction(tr("&Settings…"), QKeySequence(tr("Ctrl+,")), this, &WindowMenus::settingsRequested)
        ->setMenuRole(QAction::PreferencesRole);
    menu->addSeparator();
    menu->addAction(tr("&Quit"), QKeySequence(tr("Ctrl+Q")), this, &WindowMenus::quitRequested)->setMenuRole(QAction::QuitRole);
}

void WindowMenus::buildClip()
{
    QMenu* menu = m_window.menuBar()->addMenu(tr("&Clip"));
    m_generate = menu->addAction(tr("&Generate"), this, &WindowMenus::generateRequested);
    m_generate->setObjectName(QStringLiteral("generateAction"));
    m_generate->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)});
    m_stop = menu->addAction(tr("&Stop"), QKeySequence(Qt::Key_Escape), this, &WindowMenus::stopRequested);
    m_stop->setObjectName(QStringLiteral("stopAction"));
    menu->addSeparator();
    menu->addAction(tr("Keep or roll the see&d"), QKeySequence(tr("Ctrl+L")), this, &WindowMenus::seedLockToggled);
}

void WindowMenus::buildView()
{
    m_docks = m_window.menuBar()->addMenu(tr("&View"));
    m_docks->addAction(tr("&Memory budget"), QKeySequence(tr("Ctrl+M")), this, &WindowMenus::budgetRequested);
    m_docks->addSeparator();
    m_dockEnd = m_docks->addSeparator();
    QMenu* appearance = m_docks->addMenu(tr("&Appearance"));
    m_appearance = new QActionGroup(this);
    addChoice(appearance, m_appearance, tr("&System"), int(Appearance::System));
    addChoice(appearance, m_appearance, tr("&Light"), int(Appearance::Light));
    addChoice(appearance, m_appearance, tr("&Dark"), int(Appearance::Dark));
    QMenu* scaling = m_docks->addMenu(tr("&Scaling"));
    m_scaling = new QActionGroup(this);
    addChoice(scaling, m_scaling, tr("&Smooth"), int(Scaling::Smooth));
    addChoice(scaling, m_scaling, tr("&Pixel exact"), int(Scaling::PixelExact));
    scaling->addSeparator();
    m_fit = scaling->addAction(tr("&Fit to window"));
    m_fit->setCheckable(true);
    connect(m_appearance, &QActionGroup::triggered, this,
            [this](QAction* action) { Q_EMIT appearanceChosen(static_cast<Appearance>(action->data().toInt())); });
    connect(m_scaling, &QActionGroup::triggered, this,
            [this](QAction* action) { Q_EMIT scalingChosen(static_cast<Scaling>(action->data().toInt())); });
    connect(m_fit, &QAction::triggered, this, [this](bool on) { Q_EMIT fitChosen(on ? Fit::Window : Fit::ActualSize); });
}

void WindowMenus::buildHelp()
{
    QMenu* menu = m_window.menuBar()->addMenu(tr("&Help"));
    menu->addAction(tr("&Getting started"), this, &WindowMenus::startRequested);
    menu->addAction(tr("&Keyboard shortcuts"), QKeySequence(tr("F1")), this, &WindowMenus::shortcutsRequested);
    menu->addAction(tr("&About Headroom"), this, &WindowMenus::aboutRequested)->setMenuRole(QAction::AboutRole);
}

void WindowMenus::addDockAction(QAction* action)
{
    m_docks->insertAction(m_dockEnd, action);
}

void WindowMenus::showState(RunState state)
{
    m_generate->setEnabled(state == RunState::Idle);
    m_stop->setEnabled(state == RunState::Planning || state == RunState::Running);
}

void WindowMenus::showAppearance(Appearance appearance)
{
    checkChoice(m_appearance, int(appearance));
}

void WindowMenus::showScaling(Scaling scaling)
{
    checkChoice(m_scaling, int(scaling));
}

void WindowMenus::showFit(Fit fit)
{
    m_fit->setChecked(fit == Fit::Window);
}

void WindowMenus::setCanSave(bool canSave)
{
    m_saveAs->setEnabled(canSave);
}

}  // namespace headroom::ui
