#include "core/nn/timestep_embedding.h"

#include <cmath>

#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>

namespace headroom::nn {

Tensor timestep_embedding(double timestep, std::int64_t channels, at::Device device)
{
    const std::int64_t half = channels / 2;
    const auto options = at::TensorOptions().dtype(at::kFloat).device(device);
    const Tensor exponent = at::arange(half, options).mul_(-std::log(10000.0)).div_(double(half));
    const Tensor angles = exponent.exp().mul_(double(float(timestep)));  // [channels / 2]
    Tensor embedding = at::zeros({1, channels}, options);
    embedding.narrow(1, 0, half).copy_(angles.cos());
    embedding.narrow(1, half, half).copy_(angles.sin());
    return embedding;
}

}  // namespace headroom::nn
