#include "core/device/cuda_staging.h"

#include <utility>

#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>

namespace headroom {

namespace {

// Two buffers keep the link busy while the next is being written; larger ones gain nothing on any link.
constexpr std::int64_t kBufferBytes = 16 << 20;
constexpr int kBuffers = 2;

}  // namespace

CudaEvent::CudaEvent()
{
    C10_CUDA_CHECK(cudaEventCreateWithFlags(&m_event, cudaEventDisableTiming));
}

CudaEvent::~CudaEvent()
{
    if (m_event) C10_CUDA_CHECK_WARN(cudaEventDestroy(m_event));
}

CudaEvent::CudaEvent(CudaEvent&& other) noexcept : m_event(std::exchange(other.m_event, nullptr)) {}

void CudaEvent::record(cudaStream_t stream)
{
    C10_CUDA_CHECK(cudaEventRecord(m_event, stream));
}

void CudaEvent::let_wait(cudaStream_t stream) const
{
    C10_CUDA_CHECK(cudaStreamWaitEvent(stream, m_event, 0));
}

void CudaEvent::synchronize() const
{
    C10_CUDA_CHECK(cudaEventSynchronize(m_event));
}

CudaStaging::Pinned::Pinned(std::int64_t size_bytes)
{
    C10_CUDA_CHECK(cudaHostAlloc(&bytes, std::size_t(size_bytes), cudaHostAllocDefault));
}

CudaStaging::Pinned::~Pinned()
{
    if (bytes) C10_CUDA_CHECK_WARN(cudaFreeHost(bytes));
}

CudaStaging::Pinned::Pinned(Pinned&& other) noexcept : bytes(std::exchange(other.bytes, nullptr)), sent(std::move(other.sent)) {}

CudaStaging::CudaStaging(int device_index, int lanes)
    : m_device(static_cast<c10::DeviceIndex>(device_index)),
      m_copy_stream(c10::cuda::getStreamFromPool(/*isHighPriority=*/false, m_device))
{
    const c10::cuda::CUDAGuard guard(m_device);
    m_lanes.resize(std::size_t(lanes));
    for (int i = 0; i < kBuffers; ++i) m_buffers.emplace_back(kBufferBytes);
}

CudaStaging::~CudaStaging()
{
    const c10::cuda::CUDAGuard guard(m_device);
    C10_CUDA_CHECK_WARN(cudaStreamSynchronize(m_copy_stream.stream()));
    m_buffers.clear();
    m_lanes.clear();
}

cudaStream_t CudaStaging::compute_stream() const
{
    return c10::cuda::getCurrentCUDAStream(m_device).stream();
}

void CudaStaging::begin_fill(int lane)
{
    const c10::cuda::CUDAGuard guard(m_device);
    m_lanes.at(std::size_t(lane)).released.let_wait(m_copy_stream.stream());
}

CudaStagingBuffer CudaStaging::buffer()
{
    const c10::cuda::CUDAGuard guard(m_device);
    const std::size_t index = m_next_buffer;
    m_next_buffer = (index + 1) % m_buffers.size();
    m_buffers[index].sent.synchronize();
    return {m_buffers[index].bytes, kBufferBytes, int(index)};
}

void CudaStaging::send(const CudaStagingBuffer& from, std::int64_t size_bytes, void* target)
{
    const c10::cuda::CUDAGuard guard(m_device);
    C10_CUDA_CHECK(cudaMemcpyAsync(target, from.bytes, std::size_t(size_bytes), cudaMemcpyHostToDevice, m_copy_stream.stream()));
    m_buffers.at(std::size_t(from.index)).sent.record(m_copy_stream.stream());
}

void CudaStaging::end_fill(int lane)
{
    const c10::cuda::CUDAGuard guard(m_device);
    m_lanes.at(std::size_t(lane)).filled.record(m_copy_stream.stream());
}

void CudaStaging::wait_until_filled(int lane)
{
    const c10::cuda::CUDAGuard guard(m_device);
    m_lanes.at(std::size_t(lane)).filled.let_wait(compute_stream());
}

void CudaStaging::release(int lane)
{
    const c10::cuda::CUDAGuard guard(m_device);
    m_lanes.at(std::size_t(lane)).released.record(compute_stream());
}

}  // namespace headroom
