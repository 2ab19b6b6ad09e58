#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/memory/weight_source.h"

namespace headroom::test {

using Tensors = std::map<std::string, Tensor>;

/// Every tensor of a safetensors file, copied to memory. Independent of core/files on purpose: a defect there can't hide itself.
/// A relative path is taken from tests/goldens. Throws std::runtime_error that names the file when it is missing or damaged.
Tensors read_golden(const std::filesystem::path& path);

/// max |a - b| in float64; infinite when the shapes differ or when either holds a NaN.
double max_abs_difference(const Tensor& a, const Tensor& b);

/// max |a - b| / max |b|, b being the reference; infinite as above. Of two zero tensors it is 0.
double relative_difference(const Tensor& a, const Tensor& b);

/// A weight source that holds a whole safetensors file and defines parameters by their name (or alias): in `compute` where a
/// parameter's precision is Compute, else in float32. It demands the declared shape, and undefines the parameters on release.
class TestWeights : public memory::WeightSource {
public:
    explicit TestWeights(Tensors tensors, at::ScalarType compute = at::kFloat);

    /// Blocks that are acquired now; 0 once a model has given everything back.
    std::size_t held() const { return m_held.size(); }
    /// The most blocks that were ever acquired at once.
    std::size_t most_held() const { return m_most_held; }
    /// Names of the blocks in the order they were acquired.
    const std::vector<std::string>& history() const { return m_history; }
    /// Keys of the file that no acquired parameter has asked for.
    std::vector<std::string> unused() const;

protected:
    void fetch(nn::ParameterBlock& block) override;
    void release(nn::ParameterBlock& block) override;

private:
    Tensors m_tensors;
    at::ScalarType m_compute;
    std::multiset<const nn::ParameterBlock*> m_held;
    std::size_t m_most_held = 0;
    std::vector<std::string> m_history;
    std::set<std::string> m_used;
};

}  // namespace headroom::test
