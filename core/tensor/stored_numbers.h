#pragma once

#include <cstddef>
#include <cstdint>

#include "core/tensor/tensor.h"

namespace headroom {

/// Numbers as a file stores them: row-major, at any address, also one that is not a multiple of the element's size.
struct StoredNumbers {
    const std::byte* bytes = nullptr;
    at::ScalarType dtype = at::kFloat;
    std::int64_t count = 0;

    /// `piece_count` numbers from the `first` on.
    StoredNumbers piece(std::int64_t first, std::int64_t piece_count) const
    {
        return {bytes + first * std::int64_t(c10::elementSize(dtype)), dtype, piece_count};
    }
};

/// Which threads convert numbers.
enum class CopyThreads {
    Pool,    ///< LibTorch's, for a thread that waits for the result.
    Caller,  ///< The calling thread alone, for one that works beside the engine's.
};

/// Copies numbers into memory of the CPU, converted to the target's dtype as Tensor::to does. Allocates no tensor memory, and the
/// result does not depend on the threads. target: contiguous, as many numbers.
void read_numbers(const StoredNumbers& from, const Tensor& target, CopyThreads threads);

}  // namespace headroom
