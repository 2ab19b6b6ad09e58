#include "core/memory/dry_run_weights.h"

#include <algorithm>
#include <map>
#include <utility>

#include <ATen/ops/empty.h>

#include "core/memory/block_image.h"

namespace headroom::memory {

/// The weights of one component in a dry run.
class DryRunWeights final : public WeightSource {
public:
    DryRunWeights(DryRunWeightSources& sources, const files::WeightIndex* index, std::vector<nn::ParameterBlock*> blocks)
        : m_sources(sources), m_blocks(std::move(blocks)), m_first(sources.m_blocks.size())
    {
        for (const nn::ParameterBlock* block : m_blocks) {
            sources.m_blocks.push_back(
                {block->name, device_bytes(*block, sources.m_compute_dtype), index ? file_bytes(*block, *index) : 0});
        }
    }

    bool counts_as_walked(const nn::ParameterBlock& block) override
    {
        const auto [found, is_first_alike] = m_walks.try_emplace(shapes_of(block), Walk{&block, 0, 0, {}});
        Walk& walk = found->second;
        if (is_first_alike || walk.block == &block) {
            m_walking = &walk;
            walk.live_before = m_sources.m_run.live_bytes();
            walk.work = m_sources.m_run.work();
            return false;
        }
        m_sources.m_run.note_live(m_sources.m_run.live_bytes() + walk.extra_bytes);
        m_sources.m_run.count(walk.work);
        return true;
    }

protected:
    void fetch(nn::ParameterBlock& block) override
    {
        for (nn::Parameter* parameter : block.parameters) parameter->value = make(*parameter);
        m_sources.enter(m_first + std::size_t(std::ranges::find(m_blocks, &block) - m_blocks.begin()));
    }

    void release(nn::ParameterBlock& block) override
    {
        if (Walk* walk = std::exchange(m_walking, nullptr)) {
            walk->extra_bytes = m_sources.m_run.peak_bytes() - walk->live_before;
            CountedWork work = m_sources.m_run.work();
            walk->work = (work -= walk->work);
        }
        m_sources.leave();
        for (nn::Parameter* parameter : block.parameters) parameter->value.reset();
    }

private:
    using Shapes = std::vector<std::pair<std::vector<std::int64_t>, nn::Precision>>;

    /// The last walk of the first of the blocks that are alike.
    struct Walk {
        const nn::ParameterBlock* block;
        std::int64_t live_before;
        std::int64_t extra_bytes;  ///< Its peak above what was there before.
        CountedWork work;          ///< While it is being walked: what had been counted before.
    };

    static Shapes shapes_of(const nn::ParameterBlock& block)
    {
        Shapes shapes;
        for (const nn::Parameter* parameter : block.parameters) shapes.emplace_back(parameter->shape, parameter->precision);
        return shapes;
    }

    Tensor make(const nn::Parameter& parameter) const
    {
        const DryPlacement uncounted(DryPlacement::Where::Nowhere);
        const auto dtype = device_dtype(parameter, m_sources.m_compute_dtype);
        return at::empty(parameter.shape, at::TensorOptions().device(at::kMeta).dtype(dtype));
    }

    DryRunWeightSources& m_sources;
    std::vector<nn::ParameterBlock*> m_blocks;
    std::size_t m_first;  ///< Of the sources' blocks.
    std::map<Shapes, Walk> m_walks;
    Walk* m_walking = nullptr;
};

std::unique_ptr<WeightSource> DryRunWeightSources::open(const files::WeightIndex* index, std::vector<nn::ParameterBlock*> blocks)
{
    return std::make_unique<DryRunWeights>(*this, index, std::move(blocks));
}

void DryRunWeightSources::enter(std::size_t block)
{
    end_segment();
    m_open_visits.push_back(m_visits.size());
    m_visits.push_back({block, 0});
}

void DryRunWeightSources::leave()
{
    end_segment();
    m_open_visits.pop_back();
}

void DryRunWeightSources::end_segment()
{
    std::int64_t& peak = m_open_visits.empty() ? m_between_peak_bytes : m_visits[m_open_visits.back()].other_peak_bytes;
    peak = std::max(peak, m_run.peak_bytes());
    m_run.restart_peak();
}

std::int64_t DryRunWeightSources::between_peak_bytes()
{
    end_segment();
    return m_between_peak_bytes;
}

}  // namespace headroom::memory
