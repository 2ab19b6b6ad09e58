#pragma once

#include <cstdint>

namespace headroom {

/// What a card holds beside a stage's tensors. Nothing on the CPU, whose allocator takes what tensors ask for.
struct CardTerms {
    std::int64_t context_bytes = 0;    ///< The driver's, with the kernels that it loads on demand.
    std::int64_t workspace_bytes = 0;  ///< cuBLAS's and cuDNN's.
    std::int64_t allocator_bytes = 0;  ///< Of pages that the caching allocator holds for tensors which fill them in part,
    double allocator_share = 0;        ///< and how much more of these there are by the size of activations and caches.
};

}  // namespace headroom
