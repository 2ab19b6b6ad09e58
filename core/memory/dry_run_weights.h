#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <c10/core/ScalarType.h>

#include "core/memory/weight_source.h"
#include "core/tensor/dry_run.h"

namespace headroom::memory {

/// One block as a dry run found it.
struct DryBlock {
    std::string name;
    std::int64_t device_bytes = 0;  ///< Its weights on the device, in the dtypes of the run.
    std::int64_t file_bytes = 0;    ///< Its weights in the files; 0 when there are none.
};

/// A block while it was acquired.
struct DryVisit {
    std::size_t block = 0;              ///< Of DryRunWeightSources::blocks().
    std::int64_t other_peak_bytes = 0;  ///< The most that everything but weights took meanwhile.
};

/// Weights of a dry run: meta tensors of the declared shapes, which the run doesn't count, and notes of who acquired what while
/// how much else was there. Of blocks that are alike (the same shapes and dtypes) only the first is walked in each pass over the
/// component; what its walk took and did counts again for the others.
class DryRunWeightSources final : public WeightSources {
public:
    /// run: this thread's; outlives the sources, as the sources outlive what they open.
    DryRunWeightSources(DryRun& run, at::ScalarType compute_dtype) : m_run(run), m_compute_dtype(compute_dtype) {}

    std::unique_ptr<WeightSource> open(const files::WeightIndex* index, std::vector<nn::ParameterBlock*> blocks) override;

    /// All blocks of the components opened so far, in their order of use.
    const std::vector<DryBlock>& blocks() const { return m_blocks; }
    /// All visits so far, in their order.
    const std::vector<DryVisit>& visits() const { return m_visits; }
    /// The most that everything but weights took so far while no block was acquired.
    std::int64_t between_peak_bytes();

private:
    friend class DryRunWeights;

    void enter(std::size_t block);
    void leave();
    /// Notes the peak since the last change of hands for whoever had it.
    void end_segment();

    DryRun& m_run;
    at::ScalarType m_compute_dtype;
    std::vector<DryBlock> m_blocks;
    std::vector<DryVisit> m_visits;
    std::vector<std::size_t> m_open_visits;  ///< Of m_visits: acquired and not yet released.
    std::int64_t m_between_peak_bytes = 0;
};

}  // namespace headroom::memory
