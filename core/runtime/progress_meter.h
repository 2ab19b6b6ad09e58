#pragma once

#include <chrono>

#include "core/runtime/runtime_install.h"

namespace headroom::runtime {

/// Counts an installation's bytes and tells a listener, not too often.
class ProgressMeter {
public:
    ProgressMeter(const RuntimeListener& listener, int wheels, std::int64_t total_bytes) : m_listener(&listener)
    {
        m_progress.wheels = wheels;
        m_progress.total_bytes = total_bytes;
    }

    void begin(RuntimeProgress::Step step, const std::string& file_name, int wheel)
    {
        m_progress.step = step;
        m_progress.file_name = file_name;
        m_progress.wheel = wheel;
        m_progress.notice.clear();
        tell();
    }
    /// Negative when something has to be fetched again.
    void add(std::int64_t bytes)
    {
        m_progress.done_bytes += bytes;
        if (std::chrono::steady_clock::now() - m_told > std::chrono::milliseconds(100)) tell();
    }
    void notice(std::string sentence)
    {
        m_progress.notice = std::move(sentence);
        tell();
        m_progress.notice.clear();
    }

private:
    void tell()
    {
        m_told = std::chrono::steady_clock::now();
        if (*m_listener) (*m_listener)(m_progress);
    }

    const RuntimeListener* m_listener;
    RuntimeProgress m_progress;
    std::chrono::steady_clock::time_point m_told;
};

}  // namespace headroom::runtime
