#pragma once

#include <stop_token>
#include <thread>

namespace headroom::app {

/// Turns SIGINT and SIGTERM into a stop request while it lives; a second signal ends the process at once. Make it first in main:
/// threads started later inherit the blocked signals.
class InterruptWatch {
public:
    InterruptWatch();

    std::stop_token stop_token() const { return m_source.get_token(); }

private:
    std::stop_source m_source;
    std::jthread m_thread;
};

}  // namespace headroom::app
