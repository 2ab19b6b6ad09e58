#include "core/device/cuda_copies.h"

#include <algorithm>
#include <mutex>
#include <string>

#include <ATen/ops/from_blob.h>

namespace headroom {

namespace {

void check(const char* sentence)
{
    TORCH_CHECK(!sentence, sentence);
}

class CudaCopies final : public DeviceCopies {
public:
    CudaCopies(const CudaModuleApi& api, int device_index, int lanes) : m_api(api)
    {
        check(m_api.staging_open(device_index, lanes, &m_staging));
    }

    ~CudaCopies() override { m_api.staging_close(m_staging); }

    void begin_fill(int lane) override
    {
        {
            const std::lock_guard lock(m_mutex);
            TORCH_CHECK(m_release_failure.empty(), m_release_failure);
        }
        check(m_api.staging_begin_fill(m_staging, lane));
    }

    void copy(const StoredNumbers& from, const Tensor& target, CopyThreads threads) override
    {
        const auto element_bytes = std::int64_t(target.element_size());
        auto* bytes = static_cast<std::byte*>(target.mutable_data_ptr());
        for (std::int64_t first = 0; first < from.count;) {
            const std::lock_guard lock(m_mutex);
            CudaStagingBuffer buffer;
            check(m_api.staging_buffer(m_staging, &buffer));
            const std::int64_t count = std::min(from.count - first, buffer.size_bytes / element_bytes);
            const auto options = at::TensorOptions().dtype(target.scalar_type());
            read_numbers(from.piece(first, count), at::from_blob(buffer.bytes, {count}, options), threads);
            check(m_api.staging_send(m_staging, &buffer, count * element_bytes, bytes + first * element_bytes));
            first += count;
        }
    }

    void end_fill(int lane) override { check(m_api.staging_end_fill(m_staging, lane)); }

    void wait_until_filled(int lane) override { check(m_api.staging_wait_until_filled(m_staging, lane)); }

    void release(int lane) noexcept override
    {
        const char* sentence = m_api.staging_release(m_staging, lane);
        if (!sentence) return;
        const std::lock_guard lock(m_mutex);
        m_release_failure = sentence;
    }

private:
    const CudaModuleApi& m_api;
    CudaStaging* m_staging = nullptr;
    std::mutex m_mutex;  ///< One buffer is written at a time.
    std::string m_release_failure;
};

}  // namespace

std::unique_ptr<DeviceCopies> make_cuda_copies(const CudaModuleApi& api, int device_index, int lanes)
{
    return std::make_unique<CudaCopies>(api, device_index, lanes);
}

}  // namespace headroom
