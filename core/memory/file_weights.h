#pragma once

#include <string>
#include <vector>

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "core/base/result.h"
#include "core/files/weight_index.h"
#include "core/memory/block_image.h"
#include "core/memory/kept_weights.h"
#include "core/memory/weight_source.h"

namespace headroom::memory {

/// Weights read from a component's mapped files, converted to the run's dtype on the run's device, each block into one piece of
/// memory. A block is read when it is first acquired and stays until the source is destroyed, so a component's weights live
/// exactly as long as its stage; with `kept` they are given to it, and taken from it. Nothing is written back: the files are the
/// master copy.
class FileWeights final : public WeightSource {
public:
    /// blocks: all that will be acquired, in the order of use. They, `index` and `kept` (which may be null) must outlive the
    /// source.
    FileWeights(const files::WeightIndex& index, const std::vector<nn::ParameterBlock*>& blocks, at::Device device,
                at::ScalarType compute, const MakeDeviceCopies& make_copies, KeptWeights* kept = nullptr);
    ~FileWeights() override;
    FileWeights(const FileWeights&) = delete;
    FileWeights& operator=(const FileWeights&) = delete;

protected:
    void fetch(nn::ParameterBlock& block) override;
    void release(nn::ParameterBlock&) override {}

private:
    struct Block {
        nn::ParameterBlock* parameters;
        BlockImage image;
        bool is_bound = false;
        Tensor memory;
    };

    Tensor load(std::size_t block);

    at::Device m_device;
    KeptWeights* m_kept;
    std::string m_kept_name;  ///< Of the component there.
    std::vector<Block> m_blocks;
    std::unique_ptr<DeviceCopies> m_copies;
};

/// Holds a component's files against the parameters its model declares, by name and shape, before any weight is read.
/// Errors: BadModel with the first tensor that is missing, misshapen or not a float.
Result<void> check_weights(const files::WeightIndex& index, const std::vector<nn::ParameterBlock*>& blocks);

}  // namespace headroom::memory
