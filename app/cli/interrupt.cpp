#include "app/cli/interrupt.h"

#include <csignal>
#include <cstdlib>
#include <ctime>

#include <unistd.h>

namespace headroom::app {

namespace {

constexpr timespec kPollInterval = {.tv_sec = 0, .tv_nsec = 50'000'000};
constexpr int kInterruptedStatus = 130;

sigset_t interrupt_signals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    return signals;
}

}  // namespace

InterruptWatch::InterruptWatch()
{
    const sigset_t signals = interrupt_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    m_thread = std::jthread([source = m_source](std::stop_token ended) mutable {
        const sigset_t awaited = interrupt_signals();
        while (!ended.stop_requested()) {
            if (sigtimedwait(&awaited, nullptr, &kPollInterval) < 0) continue;
            if (!source.request_stop()) _exit(kInterruptedStatus);
        }
    });
}

}  // namespace headroom::app
