#pragma once

#include <array>
#include <memory>
#include <vector>

#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>

#include "core/device/cuda_module_api.h"

namespace headroom {

/// An event of the current device, without timing. Part of the CUDA module.
class CudaEvent {
public:
    CudaEvent();
    ~CudaEvent();
    CudaEvent(CudaEvent&& other) noexcept;
    CudaEvent& operator=(CudaEvent&&) = delete;

    void record(cudaStream_t stream);
    /// Work queued on the stream from here on waits for what was recorded; nothing when nothing was.
    void let_wait(cudaStream_t stream) const;
    /// The calling thread waits.
    void synchronize() const;

private:
    cudaEvent_t m_event = nullptr;
};

/// Two pinned buffers in turn, a copy stream, and for each lane an event for "filled" and one for "released". Streams and events
/// may be used by any thread; the functions set the device first.
struct CudaStaging {
    CudaStaging(int device_index, int lanes);
    /// Waits until the copy stream is idle.
    ~CudaStaging();
    CudaStaging(const CudaStaging&) = delete;
    CudaStaging& operator=(const CudaStaging&) = delete;

    void begin_fill(int lane);
    CudaStagingBuffer buffer();
    void send(const CudaStagingBuffer& from, std::int64_t size_bytes, void* target);
    void end_fill(int lane);
    void wait_until_filled(int lane);
    void release(int lane);

private:
    struct Lane {
        CudaEvent filled;
        CudaEvent released;
    };
    struct Pinned {
        explicit Pinned(std::int64_t size_bytes);
        ~Pinned();
        Pinned(Pinned&& other) noexcept;

        void* bytes = nullptr;
        CudaEvent sent;
    };

    cudaStream_t compute_stream() const;

    c10::DeviceIndex m_device;
    c10::cuda::CUDAStream m_copy_stream;
    std::vector<Lane> m_lanes;
    std::vector<Pinned> m_buffers;
    std::size_t m_next_buffer = 0;
};

}  // namespace headroom
