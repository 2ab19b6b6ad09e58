#include "core/memory/planned_weights.h"

#include <utility>

#include "core/memory/file_weights.h"
#include "core/memory/streamed_weights.h"

namespace headroom::memory {

PlannedWeightSources::PlannedWeightSources(const WeightPlan& plan, at::Device device, at::ScalarType compute, KeptWeights& kept,
                                           MakeDeviceCopies make_copies)
    : m_plan(plan), m_device(device), m_compute(compute), m_kept(kept), m_make_copies(std::move(make_copies))
{
}

std::unique_ptr<WeightSource> PlannedWeightSources::open(const files::WeightIndex* index, std::vector<nn::ParameterBlock*> blocks)
{
    TORCH_CHECK(index, "a model without weight files was asked to run");
    TORCH_CHECK(m_plan.residency != Residency::NotLoaded, "weights that the plan leaves out were asked for");
    const bool stays = m_plan.residency == Residency::WholeRun;
    if (!stays) m_kept.forget(KeptWeights::name_of(*index, m_device, m_compute));
    if (m_plan.residency == Residency::Streamed) {
        return std::make_unique<StreamedWeights>(*index, blocks, m_plan, m_device, m_compute, m_make_copies);
    }
    return std::make_unique<FileWeights>(*index, blocks, m_device, m_compute, m_make_copies, stays ? &m_kept : nullptr);
}

}  // namespace headroom::memory
