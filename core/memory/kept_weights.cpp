#include "core/memory/kept_weights.h"

#include <utility>

#include <fmt/format.h>

namespace headroom::memory {

namespace {

std::int64_t sum_of(const std::map<std::string, Tensor>& blocks)
{
    std::int64_t sum = 0;
    for (const auto& [name, memory] : blocks) sum += std::int64_t(memory.nbytes());
    return sum;
}

}  // namespace

std::string KeptWeights::name_of(const files::WeightIndex& index, at::Device device, at::ScalarType compute)
{
    return fmt::format("{} {} {}", device.str(), c10::toString(compute), index.identity());
}

Tensor KeptWeights::find(const std::string& component, const std::string& block) const
{
    const std::lock_guard lock(m_mutex);
    const auto blocks = m_components.find(component);
    if (blocks == m_components.end()) return {};
    const auto found = blocks->second.find(block);
    return found == blocks->second.end() ? Tensor() : found->second;
}

void KeptWeights::keep(const std::string& component, const std::string& block, Tensor memory)
{
    const std::lock_guard lock(m_mutex);
    m_components[component].insert_or_assign(block, std::move(memory));
}

void KeptWeights::forget(const std::string& component)
{
    const std::lock_guard lock(m_mutex);
    m_components.erase(component);
}

void KeptWeights::forget_all_but(const std::set<std::string>& components)
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_components, [&](const auto& component) { return !components.contains(component.first); });
}

std::int64_t KeptWeights::size_bytes(const std::string& component) const
{
    const std::lock_guard lock(m_mutex);
    const auto blocks = m_components.find(component);
    return blocks == m_components.end() ? 0 : sum_of(blocks->second);
}

std::int64_t KeptWeights::bytes_on(at::Device device) const
{
    const std::lock_guard lock(m_mutex);
    std::int64_t sum = 0;
    for (const auto& [component, blocks] : m_components) {
        if (!blocks.empty() && blocks.begin()->second.device() == device) sum += sum_of(blocks);
    }
    return sum;
}

}  // namespace headroom::memory
