#pragma once

#include <filesystem>

#include <c10/core/ScalarType.h>

namespace headroom {

/// The faster of fp32 and bf16 on this CPU, found by a short measurement of a matrix product and a convolution at first use and
/// remembered in `state_dir` for this processor. bf16 is taken only when both are faster: a CPU without it runs bf16 convolutions
/// more than ten times slower.
at::ScalarType fastest_cpu_dtype(const std::filesystem::path& state_dir);

}  // namespace headroom
