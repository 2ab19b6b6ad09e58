#include "core/tensor/stored_numbers.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <ATen/ops/from_blob.h>

namespace headroom {

namespace {

// Below LibTorch's grain (32768 numbers) a copy is done by the thread that asks for it.
constexpr std::int64_t kSerialNumbers = 32767;
constexpr std::size_t kRealignedBytes = 16 << 10;

bool is_aligned(const StoredNumbers& numbers)
{
    return reinterpret_cast<std::uintptr_t>(numbers.bytes) % c10::elementSize(numbers.dtype) == 0;
}

Tensor view_of(const StoredNumbers& numbers)
{
    return at::from_blob(const_cast<std::byte*>(numbers.bytes), {numbers.count}, at::TensorOptions().dtype(numbers.dtype));
}

/// By way of a small aligned buffer: a tensor may not begin at an odd address.
void read_realigned(const StoredNumbers& from, const Tensor& flat)
{
    alignas(64) std::array<std::byte, kRealignedBytes> buffer;
    const auto element_bytes = std::int64_t(c10::elementSize(from.dtype));
    const std::int64_t at_once = std::int64_t(buffer.size()) / element_bytes;
    for (std::int64_t first = 0; first < from.count; first += at_once) {
        const StoredNumbers piece = from.piece(first, std::min(at_once, from.count - first));
        std::memcpy(buffer.data(), piece.bytes, std::size_t(piece.count * element_bytes));
        flat.narrow(0, first, piece.count).copy_(view_of({buffer.data(), from.dtype, piece.count}));
    }
}

}  // namespace

void read_numbers(const StoredNumbers& from, const Tensor& target, CopyThreads threads)
{
    TORCH_CHECK(target.is_cpu() && target.numel() == from.count, "numbers are read into a tensor of another size");
    if (from.count == 0) return;
    const Tensor flat = target.view({-1});
    if (from.dtype == target.scalar_type()) {
        std::memcpy(flat.mutable_data_ptr(), from.bytes, target.nbytes());
    } else if (!is_aligned(from)) {
        read_realigned(from, flat);
    } else if (threads == CopyThreads::Pool) {
        flat.copy_(view_of(from));
    } else {
        for (std::int64_t first = 0; first < from.count; first += kSerialNumbers) {
            const std::int64_t count = std::min(kSerialNumbers, from.count - first);
            flat.narrow(0, first, count).copy_(view_of(from.piece(first, count)));
        }
    }
}

}  // namespace headroom
