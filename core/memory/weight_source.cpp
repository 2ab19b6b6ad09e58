#include "core/memory/weight_source.h"

#include <utility>

namespace headroom::memory {

ScopedWeights::ScopedWeights(ScopedWeights&& other) noexcept
    : m_source(std::exchange(other.m_source, nullptr)), m_block(std::exchange(other.m_block, nullptr))
{
}

ScopedWeights& ScopedWeights::operator=(ScopedWeights&& other) noexcept
{
    std::swap(m_source, other.m_source);
    std::swap(m_block, other.m_block);
    return *this;
}

ScopedWeights::~ScopedWeights()
{
    if (m_source) m_source->release(*m_block);
}

ScopedWeights WeightSource::acquire(nn::ParameterBlock& block)
{
    fetch(block);
    return ScopedWeights(*this, block);
}

}  // namespace headroom::memory
