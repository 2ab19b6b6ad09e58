#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "core/files/weight_index.h"
#include "core/tensor/tensor.h"

namespace headroom::memory {

/// Weights of Residency::WholeRun: blocks that stay on their device from stage to stage and from run to run, until a plan wants
/// their component otherwise. Any thread may ask; the engine thread keeps and forgets.
class KeptWeights {
public:
    /// Names a component in a dtype on a device: the same as long as none of its files changes.
    static std::string name_of(const files::WeightIndex& index, at::Device device, at::ScalarType compute);

    /// The block's memory; undefined where it is not kept.
    Tensor find(const std::string& component, const std::string& block) const;
    void keep(const std::string& component, const std::string& block, Tensor memory);
    /// Frees everything of the component.
    void forget(const std::string& component);
    /// Frees everything of all components but these.
    void forget_all_but(const std::set<std::string>& components);

    /// What is kept of a component.
    std::int64_t size_bytes(const std::string& component) const;
    /// What is kept on a device.
    std::int64_t bytes_on(at::Device device) const;

private:
    mutable std::mutex m_mutex;
    std::map<std::string, std::map<std::string, Tensor>> m_components;
};

}  // namespace headroom::memory
