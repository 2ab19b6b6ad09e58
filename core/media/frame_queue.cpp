#include "core/media/frame_queue.h"

#include <utility>

namespace headroom::media {

bool FrameQueue::push(RgbFrame frame)
{
    std::unique_lock lock(m_mutex);
    m_has_room.wait(lock, [this] { return m_closed || m_frames.size() < m_capacity; });
    if (m_closed) return false;
    m_frames.push_back(std::move(frame));
    m_has_frame.notify_one();
    return true;
}

std::optional<RgbFrame> FrameQueue::pop()
{
    std::unique_lock lock(m_mutex);
    m_has_frame.wait(lock, [this] { return m_closed || !m_frames.empty(); });
    if (m_frames.empty()) return std::nullopt;
    RgbFrame frame = std::move(m_frames.front());
    m_frames.pop_front();
    m_has_room.notify_one();
    return frame;
}

void FrameQueue::close()
{
    const std::scoped_lock lock(m_mutex);
    m_closed = true;
    m_has_room.notify_all();
    m_has_frame.notify_all();
}

void FrameQueue::abandon()
{
    const std::scoped_lock lock(m_mutex);
    m_closed = true;
    m_frames.clear();
    m_has_room.notify_all();
    m_has_frame.notify_all();
}

}  // namespace headroom::media
