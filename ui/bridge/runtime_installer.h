#pragma once

#include <filesystem>
#include <stop_token>

#include <QObject>
#include <QString>

#include "core/runtime/runtime_install.h"
#include "core/runtime/runtime_manifest.h"
#include "ui/bridge/background_thread.h"

namespace headroom::ui {

/// Installs the GPU runtime on a thread of its own and tells the window how it goes.
class RuntimeInstaller : public QObject {
    Q_OBJECT

public:
    explicit RuntimeInstaller(QObject* parent = nullptr);
    /// Stops what is under way; what was fetched is kept for the next time.
    ~RuntimeInstaller() override;

    bool isBusy() const { return m_busy; }

    /// Starts; progressed, then finished or failed follow. Nothing while one is under way.
    void start(const std::filesystem::path& root, const runtime::RuntimeManifest& manifest, const runtime::RuntimeSource& source);
    /// failed follows, with the error Cancelled.
    void stop();

Q_SIGNALS:
    void progressed(const headroom::runtime::RuntimeProgress& progress);
    void finished();
    void failed(const headroom::Error& error);

private:
    bool m_busy = false;
    std::stop_source m_stop;
    BackgroundThread m_thread;
};

}  // namespace headroom::ui
