#include "ui/bridge/runtime_installer.h"

namespace headroom::ui {

RuntimeInstaller::RuntimeInstaller(QObject* parent) : QObject(parent), m_thread(QStringLiteral("runtime")) {}

RuntimeInstaller::~RuntimeInstaller()
{
    m_stop.request_stop();
    m_thread.finish();
}

void RuntimeInstaller::start(const std::filesystem::path& root, const runtime::RuntimeManifest& manifest,
                             const runtime::RuntimeSource& source)
{
    if (m_busy) return;
    m_busy = true;
    m_stop = std::stop_source();
    m_thread.post([this, root, manifest, source, token = m_stop.get_token()] {
        const auto tell = [this](const runtime::RuntimeProgress& progress) {
            QMetaObject::invokeMethod(
                this, [this, progress] { Q_EMIT progressed(progress); }, Qt::QueuedConnection);
        };
        const auto installed = runtime::install_runtime(root, manifest, source, tell, token);
        QMetaObject::invokeMethod(
            this,
            [this, installed] {
                m_busy = false;
                if (installed) {
                    Q_EMIT finished();
                } else {
                    Q_EMIT failed(installed.error());
                }
            },
            Qt::QueuedConnection);
    });
}

void RuntimeInstaller::stop()
{
    m_stop.request_stop();
}

}  // namespace headroom::ui
