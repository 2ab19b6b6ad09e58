#pragma once

#include <vector>

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "core/base/result.h"
#include "core/files/weight_index.h"
#include "core/memory/weight_source.h"

namespace headroom::memory {

/// Weights read from a component's mapped files, converted one tensor at a time to the run's dtype on the run's device. A block is
/// read when it is first acquired and stays until the source is destroyed, so a component's weights live exactly as long as its
/// stage. Nothing is written back: the files are the master copy.
class FileWeights final : public WeightSource {
public:
    /// `index` and the blocks that are acquired must outlive the source.
    FileWeights(const files::WeightIndex& index, at::Device device, at::ScalarType compute_dtype);
    ~FileWeights() override;
    FileWeights(const FileWeights&) = delete;
    FileWeights& operator=(const FileWeights&) = delete;

protected:
    void fetch(nn::ParameterBlock& block) override;
    void release(nn::ParameterBlock& block) override;

private:
    void load(nn::Parameter& parameter) const;

    const files::WeightIndex& m_index;
    at::Device m_device;
    at::ScalarType m_compute_dtype;
    std::vector<nn::ParameterBlock*> m_held;
};

/// Opens FileWeights.
class FileWeightSources final : public WeightSources {
public:
    FileWeightSources(at::Device device, at::ScalarType compute_dtype) : m_device(device), m_compute_dtype(compute_dtype) {}

    std::unique_ptr<WeightSource> open(const files::WeightIndex* index, std::vector<nn::ParameterBlock*> blocks) override;

private:
    at::Device m_device;
    at::ScalarType m_compute_dtype;
};

/// Holds a component's files against the parameters its model declares, by name and shape, before any weight is read.
/// Errors: BadModel with the first tensor that is missing, misshapen or not a float.
Result<void> check_weights(const files::WeightIndex& index, const std::vector<nn::ParameterBlock*>& blocks);

}  // namespace headroom::memory
