#include "core/tensor/dry_run.h"

#include <algorithm>
#include <atomic>

#include <ATen/ops/empty_like.h>
#include <c10/core/Allocator.h>

namespace headroom {

namespace {

// What c10's caching allocator for CUDA rounds every request up to.
constexpr std::int64_t kCudaGranule = 512;

thread_local DryRun* current_run = nullptr;

std::uint64_t next_number()
{
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

}  // namespace

/// Gives meta tensors no memory, as LibTorch's own does, but knows how much they would have.
class CountingMetaAllocator final : public c10::Allocator {
public:
    c10::DataPtr allocate(std::size_t size_bytes) override
    {
        const c10::Device meta(c10::DeviceType::Meta);
        DryRun* run = current_run;
        if (!run || size_bytes == 0 || run->m_place == DryRun::Place::Nowhere) return {nullptr, nullptr, &release, meta};
        auto counted = std::int64_t(size_bytes);
        if (run->device() == ImitatedDevice::Cuda) counted = (counted + kCudaGranule - 1) / kCudaGranule * kCudaGranule;
        DryRun::Count& count = run->at(run->m_place);
        count.live += counted;
        count.peak = std::max(count.peak, count.live);
        return {nullptr, new Piece{run->m_number, counted, run->m_place}, &release, meta};
    }

    c10::DeleterFnPtr raw_deleter() const override { return &release; }
    void copy_data(void*, const void*, std::size_t) const override {}

private:
    struct Piece {
        std::uint64_t run_number;
        std::int64_t counted;
        DryRun::Place place;
    };

    static void release(void* context)
    {
        const auto* piece = static_cast<Piece*>(context);
        if (!piece) return;
        if (current_run && current_run->m_number == piece->run_number) current_run->at(piece->place).live -= piece->counted;
        delete piece;
    }
};

CountedWork& CountedWork::operator+=(const CountedWork& other)
{
    product_flops += other.product_flops;
    attention_flops += other.attention_flops;
    convolution_flops += other.convolution_flops;
    moved_bytes += other.moved_bytes;
    return *this;
}

CountedWork& CountedWork::operator-=(const CountedWork& other)
{
    CountedWork negative = other;
    return *this += (negative *= -1);
}

CountedWork& CountedWork::operator*=(double factor)
{
    product_flops *= factor;
    attention_flops *= factor;
    convolution_flops *= factor;
    moved_bytes *= factor;
    return *this;
}

DryRun::DryRun(ImitatedDevice device, int threads) : m_device(device), m_threads(threads), m_number(next_number())
{
    static CountingMetaAllocator allocator;
    static const bool installed = [] {
        c10::SetAllocator(c10::kMeta, &allocator, /*priority=*/100);
        return true;
    }();
    (void)installed;
    TORCH_CHECK(!current_run, "this thread is in a dry run already");
    current_run = this;
}

DryRun::~DryRun()
{
    current_run = nullptr;
}

DryRun* DryRun::current()
{
    return current_run;
}

void DryRun::note_live(std::int64_t live_bytes)
{
    m_on_device.peak = std::max(m_on_device.peak, live_bytes);
}

void DryRun::count(CountedWork work)
{
    m_work += (work *= m_repeats);
}

DryPlacement::DryPlacement(Where where)
{
    if (!current_run) return;
    m_before = current_run->m_place;
    if (where == Where::Nowhere) current_run->m_place = DryRun::Place::Nowhere;
    if (where == Where::Host && current_run->device() != ImitatedDevice::Cpu) current_run->m_place = DryRun::Place::Host;
}

DryPlacement::~DryPlacement()
{
    if (current_run) current_run->m_place = m_before;
}

DryRepeat::DryRepeat(std::int64_t times)
{
    if (!current_run) return;
    m_before = current_run->m_repeats;
    current_run->m_repeats *= double(times);
}

DryRepeat::~DryRepeat()
{
    if (current_run) current_run->m_repeats = m_before;
}

bool computes_on_cpu(const Tensor& tensor)
{
    if (tensor.is_cpu()) return true;
    return tensor.is_meta() && current_run && current_run->device() == ImitatedDevice::Cpu;
}

Tensor copy_to_host(const Tensor& x)
{
    if (!x.is_meta()) return x.cpu();
    if (computes_on_cpu(x)) return x;
    const DryPlacement on_host(DryPlacement::Where::Host);
    return at::empty_like(x);
}

Tensor copy_to_device(const Tensor& x, at::Device device)
{
    if (!x.is_meta()) return x.to(device);
    return computes_on_cpu(x) ? x : at::empty_like(x);
}

Tensor as_operand(const Tensor& x, at::ScalarType dtype)
{
    return computes_on_cpu(x) ? x.to(dtype) : x;
}

void count_product(double rows, double in, double out)
{
    if (current_run) current_run->count({.product_flops = 2 * rows * in * out});
}

void count_moved(double bytes)
{
    if (current_run) current_run->count({.moved_bytes = bytes});
}

}  // namespace headroom
