#include "core/nn/parameter.h"

#include <utility>

namespace headroom::nn {

Declare::Declare(ParameterBlock& block, std::string prefix, Precision precision, Place place)
    : m_block(&block), m_prefix(std::move(prefix)), m_precision(precision), m_place(place)
{
}

Declare Declare::at(const std::string& name) const
{
    return Declare(*m_block, m_prefix + name + ".", m_precision, m_place);
}

Declare Declare::in_float32() const
{
    return Declare(*m_block, m_prefix, Precision::Float32, m_place);
}

Declare Declare::in_file() const
{
    return Declare(*m_block, m_prefix, m_precision, Place::InFile);
}

void Declare::operator()(Parameter& parameter, const std::string& key, std::vector<std::int64_t> shape) const
{
    parameter.name = m_prefix + key;
    parameter.shape = std::move(shape);
    parameter.precision = m_precision;
    parameter.place = m_place;
    m_block->parameters.push_back(&parameter);
}

}  // namespace headroom::nn
