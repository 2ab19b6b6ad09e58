#include "core/tensor/noise.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randn.h>

namespace headroom {

NoiseStream::NoiseStream(std::uint64_t seed) : m_generator(at::make_generator<at::CPUGeneratorImpl>(seed)) {}

NoiseStream::NoiseStream(const NoiseStream& other) : m_generator(other.m_generator.clone()) {}

NoiseStream& NoiseStream::operator=(const NoiseStream& other)
{
    m_generator = other.m_generator.clone();
    return *this;
}

Tensor NoiseStream::normal(const std::vector<std::int64_t>& shape)
{
    return at::randn(shape, m_generator, at::TensorOptions().dtype(at::kFloat));
}

}  // namespace headroom
