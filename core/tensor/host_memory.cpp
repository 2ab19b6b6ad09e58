#include "core/tensor/host_memory.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <malloc.h>

namespace headroom {

namespace {

constexpr std::size_t kAlignment = 64;
/// Lies in one aligned slot before a tensor's bytes, since the deleter is told the pointer alone.
struct Counted {
    std::int64_t size_bytes = 0;
    HostMemoryProbe* probe = nullptr;  ///< Who counts it; null: HostMemory.
};
static_assert(sizeof(Counted) <= kAlignment);
// From this size on a freed tensor goes back to the system at once: glibc would raise its threshold with every large free and
// keep the pages, which doubled the resident memory of a full-width VAE decode (446 MiB against 245).
constexpr int kReturnedAtOnceBytes = 1 << 20;

std::atomic<std::int64_t> live{0};
std::atomic<std::int64_t> peak{0};
std::atomic<std::int64_t> limit{0};        // 0: none
std::atomic<std::int64_t> until_fault{0};  // allocations until one is refused; 0: none is
std::atomic<bool> fault_struck{false};
thread_local HostMemoryProbe* probe = nullptr;

/// Counts the bytes, or throws when they would go over the limit.
void add_live(std::int64_t size_bytes)
{
    std::int64_t held = live.load();
    do {
        const std::int64_t allowed = limit.load();
        TORCH_CHECK_WITH(OutOfMemoryError, allowed == 0 || held + size_bytes <= allowed, "A tensor of ", size_bytes,
                         " bytes does not fit: ", held, " bytes are held and the limit is ", allowed);
    } while (!live.compare_exchange_weak(held, held + size_bytes));
    const std::int64_t now = held + size_bytes;
    std::int64_t seen = peak.load();
    while (now > seen && !peak.compare_exchange_weak(seen, now)) {
    }
}

void strike_if_due()
{
    std::int64_t left = until_fault.load();
    while (left > 0 && !until_fault.compare_exchange_weak(left, left - 1)) {
    }
    if (left != 1) return;
    fault_struck = true;
    TORCH_CHECK_WITH(OutOfMemoryError, false, "This allocation was refused for a test");
}

void add(const Counted& counted)
{
    if (counted.probe) return counted.probe->count(counted.size_bytes);
    strike_if_due();
    add_live(counted.size_bytes);
}

void take_off(const Counted& counted)
{
    if (counted.probe) return counted.probe->count(-counted.size_bytes);
    live.fetch_sub(counted.size_bytes);
}

void release(void* data)
{
    if (!data) return;
    auto* slot = static_cast<std::byte*>(data) - kAlignment;
    Counted counted;
    std::memcpy(&counted, slot, sizeof counted);
    take_off(counted);
    std::free(slot);
}

class CountingAllocator final : public c10::Allocator {
public:
    c10::DataPtr allocate(std::size_t size_bytes) override
    {
        const c10::Device cpu(c10::DeviceType::CPU);
        if (size_bytes == 0) return {nullptr, nullptr, &release, cpu};
        const Counted counted{std::int64_t(size_bytes), probe};
        add(counted);
        const std::size_t rounded = (size_bytes + kAlignment - 1) / kAlignment * kAlignment;
        auto* slot = static_cast<std::byte*>(std::aligned_alloc(kAlignment, rounded + kAlignment));
        if (!slot) take_off(counted);
        TORCH_CHECK_WITH(OutOfMemoryError, slot, "The computer has no ", size_bytes, " bytes of memory left for a tensor");
        std::memcpy(slot, &counted, sizeof counted);
        void* data = slot + kAlignment;
        return {data, data, &release, cpu};
    }

    c10::DeleterFnPtr raw_deleter() const override { return &release; }

    void copy_data(void* destination, const void* source, std::size_t size_bytes) const override
    {
        default_copy_data(destination, source, size_bytes);
    }
};

}  // namespace

void HostMemory::start_counting()
{
    static CountingAllocator allocator;
    static const bool installed = [] {
        mallopt(M_MMAP_THRESHOLD, kReturnedAtOnceBytes);
        c10::SetCPUAllocator(&allocator, /*priority=*/100);
        return true;
    }();
    (void)installed;
}

std::int64_t HostMemory::live_bytes()
{
    return live.load();
}

std::int64_t HostMemory::peak_bytes()
{
    return peak.load();
}

void HostMemory::restart_peak()
{
    peak.store(live.load());
}

void HostMemory::set_limit(std::int64_t limit_bytes)
{
    limit.store(limit_bytes);
}

std::int64_t HostMemory::limit_bytes()
{
    return limit.load();
}

HostMemoryLimit::HostMemoryLimit(std::int64_t limit_bytes) : m_former_bytes(HostMemory::limit_bytes())
{
    HostMemory::set_limit(limit_bytes);
}

HostMemoryLimit::~HostMemoryLimit()
{
    HostMemory::set_limit(m_former_bytes);
}

HostMemoryProbe::HostMemoryProbe()
{
    TORCH_CHECK(!probe, "There is a probe of this thread's allocations already");
    probe = this;
}

HostMemoryProbe::~HostMemoryProbe()
{
    probe = nullptr;
}

void HostMemoryProbe::count(std::int64_t size_bytes)
{
    m_live_bytes += size_bytes;
    m_peak_bytes = std::max(m_peak_bytes, m_live_bytes);
}

AllocationFault::AllocationFault(std::int64_t nth)
{
    fault_struck = false;
    until_fault = nth;
}

AllocationFault::~AllocationFault()
{
    until_fault = 0;
}

bool AllocationFault::struck() const
{
    return fault_struck;
}

}  // namespace headroom
