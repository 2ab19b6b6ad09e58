#pragma once

#include <cstdint>

#include "core/tensor/dry_run.h"
#include "core/tensor/host_memory.h"

namespace headroom::test {

/// Bytes on the CPU above what was there, at most, while `work` runs.
template <typename Work>
std::int64_t counted_peak(const Work& work)
{
    const std::int64_t before = HostMemory::live_bytes();
    HostMemory::restart_peak();
    work();
    return HostMemory::peak_bytes() - before;
}

/// The same as the dry run that is going on counts it; `work` is on meta tensors.
template <typename Work>
std::int64_t forecast_peak(DryRun& run, const Work& work)
{
    const std::int64_t before = run.live_bytes();
    run.restart_peak();
    work();
    return run.peak_bytes() - before;
}

}  // namespace headroom::test
