#include "core/memory/file_weights.h"

#include <algorithm>

#include "core/files/weight_check.h"

namespace headroom::memory {

FileWeights::FileWeights(const files::WeightIndex& index, const std::vector<nn::ParameterBlock*>& blocks, at::Device device,
                         at::ScalarType compute, const MakeDeviceCopies& make_copies, KeptWeights* kept)
    : m_device(device), m_kept(kept), m_copies(make_copies(1))
{
    if (m_kept) m_kept_name = KeptWeights::name_of(index, device, compute);
    for (nn::ParameterBlock* block : blocks) m_blocks.push_back({block, BlockImage(*block, index, compute), false, {}});
}

FileWeights::~FileWeights()
{
    for (const Block& block : m_blocks) {
        if (block.is_bound) block.image.unbind();
    }
    m_copies.reset();  // before the memory that it may still be filling
}

void FileWeights::fetch(nn::ParameterBlock& parameters)
{
    const auto block = std::ranges::find(m_blocks, &parameters, &Block::parameters);
    TORCH_CHECK(block != m_blocks.end(), "the block ", parameters.name, " was not announced to its weight source");
    if (block->is_bound) return;
    block->memory = load(std::size_t(block - m_blocks.begin()));
    block->image.bind(block->memory);
    block->is_bound = true;
}

Tensor FileWeights::load(std::size_t index)
{
    const BlockImage& image = m_blocks[index].image;
    if (image.size_bytes() == 0) return {};
    const std::string name = m_kept ? image.key() : std::string();
    if (m_kept) {
        if (Tensor memory = m_kept->find(m_kept_name, name); memory.defined()) return memory;
    }
    const Tensor memory = image.allocate(m_device);
    if (index + 1 < m_blocks.size()) m_blocks[index + 1].image.read_ahead();
    m_copies->release(0);  // computing queued before may still use the memory that was handed out anew
    m_copies->begin_fill(0);
    image.copy_to(memory, *m_copies, CopyThreads::Pool);
    m_copies->end_fill(0);
    m_copies->wait_until_filled(0);
    image.forget_pages();
    if (m_kept) m_kept->keep(m_kept_name, name, memory);
    return memory;
}

Result<void> check_weights(const files::WeightIndex& index, const std::vector<nn::ParameterBlock*>& blocks)
{
    std::vector<files::ExpectedTensor> expected;
    std::vector<files::TensorAlias> aliases;
    for (const nn::ParameterBlock* block : blocks) {
        for (const nn::Parameter* parameter : block->parameters) {
            expected.push_back({parameter->name, parameter->shape});
            if (!parameter->alias.empty()) aliases.push_back({parameter->name, parameter->alias});
        }
    }
    TRY(files::check_weights(index, expected, aliases));
    return {};
}

}  // namespace headroom::memory
