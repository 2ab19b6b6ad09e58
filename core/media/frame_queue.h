#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

#include "core/base/rgb_frame.h"

namespace headroom::media {

/// A bounded queue of frames between one thread that makes them and one that encodes them. All functions are thread-safe.
class FrameQueue {
public:
    explicit FrameQueue(std::size_t capacity) : m_capacity(capacity) {}

    /// Appends a frame; blocks while the queue is full. False, with the frame dropped, once the queue is closed or abandoned.
    bool push(RgbFrame frame);

    /// Takes the oldest frame; blocks while the queue is empty and open. Nothing once it is closed and empty, or abandoned.
    std::optional<RgbFrame> pop();

    /// No more frames will come; those in the queue are still handed out.
    void close();

    /// Drops what is in the queue and wakes both sides.
    void abandon();

private:
    const std::size_t m_capacity;
    std::mutex m_mutex;
    std::condition_variable m_has_room;
    std::condition_variable m_has_frame;
    std::deque<RgbFrame> m_frames;
    bool m_closed = false;
};

}  // namespace headroom::media
