#include "streams.h"

#include <random>
#include <utility>

#include "card_memory.h"

namespace stand_in {

namespace {

void wait_a_little()
{
    const int longest_us = card_facts().delay_us;
    if (longest_us == 0) return;
    thread_local std::minstd_rand random(std::random_device{}());
    std::this_thread::sleep_for(std::chrono::microseconds(random() % unsigned(longest_us)));
}

}  // namespace

void Moment::reach()
{
    {
        const std::lock_guard lock(m_mutex);
        m_is_reached = true;
        m_time = std::chrono::steady_clock::now();
    }
    m_changed.notify_all();
}

void Moment::wait()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return m_is_reached; });
}

bool Moment::is_reached() const
{
    const std::lock_guard lock(m_mutex);
    return m_is_reached;
}

std::chrono::steady_clock::time_point Moment::time() const
{
    const std::lock_guard lock(m_mutex);
    return m_time;
}

void Stream::add(std::function<void()> work)
{
    const std::lock_guard lock(m_mutex);
    m_work.push_back(std::move(work));
    if (!std::exchange(m_has_thread, true)) std::thread([this] { run(); }).detach();
    m_changed.notify_all();
}

void Stream::run()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_changed.wait(lock, [&] { return !m_work.empty(); });
        const auto work = std::move(m_work.front());
        m_work.pop_front();
        m_is_busy = true;
        lock.unlock();
        wait_a_little();
        work();
        lock.lock();
        m_is_busy = false;
        m_changed.notify_all();
    }
}

void Stream::synchronize()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return m_work.empty() && !m_is_busy; });
}

bool Stream::is_idle() const
{
    const std::lock_guard lock(m_mutex);
    return m_work.empty() && !m_is_busy;
}

std::shared_ptr<Moment> Event::last()
{
    const std::lock_guard lock(mutex);
    return moment;
}

Streams& Streams::instance()
{
    static auto* streams = new Streams;  // Never destroyed: their threads outlive main().
    return *streams;
}

Stream& Streams::of(void* handle)
{
    if (handle) return *static_cast<Stream*>(handle);
    const std::lock_guard lock(m_mutex);
    return m_streams.front();
}

Stream* Streams::make()
{
    const std::lock_guard lock(m_mutex);
    return &m_streams.emplace_back();
}

void Streams::synchronize_all()
{
    std::deque<Stream*> all;
    {
        const std::lock_guard lock(m_mutex);
        for (Stream& stream : m_streams) all.push_back(&stream);
    }
    for (Stream* stream : all) stream->synchronize();
}

}  // namespace stand_in
