#include "core/media/encode_thread.h"

#include <utility>

namespace headroom::media {

EncodeThread::EncodeThread(std::unique_ptr<FrameWriter> writer, std::size_t capacity)
    : m_writer(std::move(writer)), m_queue(capacity), m_thread([this] { encode_all(); })
{
}

EncodeThread::~EncodeThread()
{
    m_aborted = true;
    m_queue.abandon();
    if (m_thread.joinable()) m_thread.join();
}

Result<void> EncodeThread::push(RgbFrame frame)
{
    if (m_queue.push(std::move(frame))) return {};
    const std::scoped_lock lock(m_outcome_mutex);
    if (!m_outcome) return m_outcome;
    return fail(ErrorCode::Internal, "a frame came after the clip was finished");
}

Result<void> EncodeThread::finish()
{
    m_queue.close();
    if (m_thread.joinable()) m_thread.join();
    const std::scoped_lock lock(m_outcome_mutex);
    return m_outcome;
}

/// The thread: encodes, says how it went, and frees whoever waits for room. The writer ends here, so its clean-up happens on this
/// thread too.
void EncodeThread::encode_all()
{
    auto outcome = write_all();
    m_writer.reset();
    {
        const std::scoped_lock lock(m_outcome_mutex);
        m_outcome = std::move(outcome);
    }
    m_queue.abandon();
}

Result<void> EncodeThread::write_all()
{
    while (const auto frame = m_queue.pop()) {
        if (m_aborted) return {};
        TRY(m_writer->write(*frame));
    }
    if (m_aborted) return {};
    return m_writer->finish();
}

}  // namespace headroom::media
