#pragma once

#include <functional>

#include <QDialog>

#include "core/base/error.h"
#include "core/runtime/runtime_install.h"
#include "ui/models/machine_facts.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace headroom::ui {

class MessageBanner;
class RuntimeInstaller;

/// The first-start screen: what this machine has to compute with, what is missing for its card and how big that is, where models
/// are looked for and where clips go. Reads the facts anew whenever they may have changed. Does not block the window.
class StartDialog : public QDialog {
    Q_OBJECT

public:
    /// `look` tells what this machine has now.
    explicit StartDialog(std::function<MachineFacts()> look, QWidget* parent = nullptr);
    ~StartDialog() override;

    /// Where the runtime comes from when the person does not give a folder; an empty address has the button say so.
    void setSource(const runtime::RuntimeSource& source) { m_source = source; }
    void reload();

Q_SIGNALS:
    /// The person wants to change folders.
    void settingsRequested();

protected:
    bool event(QEvent* event) override;

private:
    void build();
    /// Keeps the dialog high enough for its sentences: a layout alone lets wrapped text be cut.
    void fitHeight();
    QLabel* addSection(QVBoxLayout* layout, const QString& title, const char* objectName);
    void fetch(const runtime::RuntimeSource& source);
    void fetchFromFolder();
    void chooseRuntimeFolder();
    void showProgress(const runtime::RuntimeProgress& progress);
    void showEnd();
    void showFailure(const Error& error);

    std::function<MachineFacts()> m_look;
    MachineFacts m_facts;
    runtime::RuntimeSource m_source;
    RuntimeInstaller* m_installer = nullptr;
    MessageBanner* m_banner = nullptr;
    QLabel* m_device = nullptr;
    QLabel* m_runtime = nullptr;
    QLabel* m_models = nullptr;
    QLabel* m_clips = nullptr;
    QWidget* m_actions = nullptr;
    QPushButton* m_fetch = nullptr;
    QPushButton* m_fromFolder = nullptr;
    QPushButton* m_place = nullptr;
    QPushButton* m_stop = nullptr;
    QProgressBar* m_progress = nullptr;
};

}  // namespace headroom::ui
