#include "ui/desktop/quit_signals.h"

#ifdef Q_OS_UNIX
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>
#endif

namespace headroom::ui {

#ifdef Q_OS_UNIX

namespace {

/// A signal handler can reach nothing but a global; only the living QuitSignals sets it.
volatile std::sig_atomic_t g_writeEnd = -1;

/// Async-signal-safe: one write, and the default action for the next signal.
void onSignal(int number)
{
    std::signal(number, SIG_DFL);
    const char byte = 1;
    if (write(g_writeEnd, &byte, 1) < 0) _exit(128 + number);
}

}  // namespace

QuitSignals::QuitSignals(QObject* parent) : QObject(parent)
{
    if (pipe(m_pipe) != 0) return;
    for (const int end : m_pipe) {
        fcntl(end, F_SETFD, FD_CLOEXEC);
        fcntl(end, F_SETFL, O_NONBLOCK);
    }
    m_notifier = new QSocketNotifier(m_pipe[0], QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &QuitSignals::read);
    g_writeEnd = m_pipe[1];
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
}

QuitSignals::~QuitSignals()
{
    if (!m_notifier) return;
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    g_writeEnd = -1;
    for (const int end : m_pipe) close(end);
}

void QuitSignals::read()
{
    char byte = 0;
    while (::read(m_pipe[0], &byte, 1) > 0) {
    }
    Q_EMIT received();
}

#else

QuitSignals::QuitSignals(QObject* parent) : QObject(parent) {}
QuitSignals::~QuitSignals() = default;
void QuitSignals::read() {}

#endif

}  // namespace headroom::ui
