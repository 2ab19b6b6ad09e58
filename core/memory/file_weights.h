#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "core/base/result.h"
#include "core/files/weight_index.h"
#include "core/memory/block_image.h"
#include "core/memory/weight_source.h"

namespace headroom::memory {

/// Blocks that were loaded, by their files and weights; what several sources of one run share so that nothing is loaded twice.
using LoadedBlocks = std::map<std::pair<const files::WeightIndex*, std::string>, Tensor>;

/// Weights read from a component's mapped files, converted to the run's dtype on the run's device, each block into one piece of
/// memory. A block is read when it is first acquired and stays until the source is destroyed, so a component's weights live
/// exactly as long as its stage; with `kept` as long as that. Nothing is written back: the files are the master copy.
class FileWeights final : public WeightSource {
public:
    /// blocks: all that will be acquired, in the order of use. They, `index` and `kept` (which may be null) must outlive the
    /// source.
    FileWeights(const files::WeightIndex& index, const std::vector<nn::ParameterBlock*>& blocks, at::Device device,
                at::ScalarType compute, const MakeDeviceCopies& make_copies, LoadedBlocks* kept = nullptr);
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

    const files::WeightIndex& m_index;
    at::Device m_device;
    LoadedBlocks* m_kept;
    std::vector<Block> m_blocks;
    std::unique_ptr<DeviceCopies> m_copies;
};

/// Holds a component's files against the parameters its model declares, by name and shape, before any weight is read.
/// Errors: BadModel with the first tensor that is missing, misshapen or not a float.
Result<void> check_weights(const files::WeightIndex& index, const std::vector<nn::ParameterBlock*>& blocks);

}  // namespace headroom::memory
