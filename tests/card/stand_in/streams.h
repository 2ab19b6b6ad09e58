#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace stand_in {

/// The moment that an event stands for: reached or not yet.
class Moment {
public:
    void reach();
    void wait();
    bool is_reached() const;
    std::chrono::steady_clock::time_point time() const;

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_is_reached = false;
    std::chrono::steady_clock::time_point m_time;
};

/// Work that is done in order by a thread of its own, later than it was asked for, as a card does.
class Stream {
public:
    void add(std::function<void()> work);
    /// Waits until all that was added is done.
    void synchronize();
    bool is_idle() const;

private:
    void run();

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::function<void()>> m_work;
    bool m_is_busy = false;
    bool m_has_thread = false;
};

struct Event {
    std::mutex mutex;
    std::shared_ptr<Moment> moment;  ///< Of the last record; null before the first.

    std::shared_ptr<Moment> last();
};

/// All streams that were ever made; the first is the default stream. None is destroyed.
class Streams {
public:
    static Streams& instance();

    /// null is the default stream.
    Stream& of(void* handle);
    Stream* make();
    void synchronize_all();

private:
    std::mutex m_mutex;
    std::deque<Stream> m_streams{1};
};

}  // namespace stand_in
