#pragma once

#include <functional>

#include <QObject>
#include <QThread>

namespace headroom::ui {

/// A named thread that runs what is posted to it, one thing after another. Destroying it waits for what runs and drops what
/// waits.
class BackgroundThread {
public:
    explicit BackgroundThread(const QString& name);
    ~BackgroundThread();
    BackgroundThread(const BackgroundThread&) = delete;
    BackgroundThread& operator=(const BackgroundThread&) = delete;

    /// Runs `work` on the thread, after everything posted before. Any thread may call it.
    void post(std::function<void()> work);

    /// Waits for the running work, then runs nothing more.
    void finish();

private:
    QThread m_thread;
    QObject m_context;  ///< Lives on the thread; posted work is delivered to it.
};

}  // namespace headroom::ui
