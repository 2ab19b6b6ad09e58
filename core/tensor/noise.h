#pragma once

#include <cstdint>
#include <vector>

#include "core/tensor/tensor.h"

namespace headroom {

/// The stream of random numbers of one seed: equal, draw for draw, to
/// `torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed))` in float32, so a seed means the same here as in a
/// diffusers script with a CPU generator.
class NoiseStream {
public:
    explicit NoiseStream(std::uint64_t seed);
    /// A copy goes on from where the original is, by itself.
    NoiseStream(const NoiseStream& other);
    NoiseStream& operator=(const NoiseStream& other);

    /// The next standard normal tensor of the given shape: float32, on the CPU.
    Tensor normal(const std::vector<std::int64_t>& shape);

private:
    at::Generator m_generator;
};

}  // namespace headroom
