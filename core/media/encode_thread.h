#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>

#include "core/base/result.h"
#include "core/media/frame_queue.h"
#include "core/media/video_writer.h"

namespace headroom::media {

/// Runs a FrameWriter on a thread of its own, so that encoding goes on beside decoding. Called from one thread.
class EncodeThread {
public:
    /// `capacity`: frames that may wait; push() blocks beyond that, so memory stays bounded.
    explicit EncodeThread(std::unique_ptr<FrameWriter> writer, std::size_t capacity = 8);

    /// Without finish(): drops the waiting frames, waits for the frame in work and lets the writer remove what it wrote.
    ~EncodeThread();

    EncodeThread(const EncodeThread&) = delete;
    EncodeThread& operator=(const EncodeThread&) = delete;

    /// Hands a frame over; blocks while `capacity` frames wait. Errors: the writer's, from the first call after it happened.
    Result<void> push(RgbFrame frame);

    /// Waits until all frames are encoded and the file has its final name. Errors: the writer's. A second call gives the same
    /// answer.
    Result<void> finish();

private:
    void encode_all();
    Result<void> write_all();

    std::unique_ptr<FrameWriter> m_writer;
    FrameQueue m_queue;
    std::atomic<bool> m_aborted = false;
    std::mutex m_outcome_mutex;
    Result<void> m_outcome;  ///< guarded by m_outcome_mutex
    std::jthread m_thread;   ///< last, so that it ends before what it uses
};

}  // namespace headroom::media
