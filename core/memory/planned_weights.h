#pragma once

#include <memory>
#include <vector>

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "core/memory/kept_weights.h"
#include "core/memory/weight_plan.h"
#include "core/memory/weight_source.h"
#include "core/tensor/device_copies.h"

namespace headroom::memory {

/// Opens weight sources that read a component's files as a plan says: FileWeights, or StreamedWeights for Residency::Streamed.
/// What is loaded for the whole run (Residency::WholeRun) goes to `kept`, so that a component that is opened again is there at
/// once; opened with another residency it is gone from there first. OnHost: the caller computes on the CPU and says so by
/// `device`. A component that is not loaded can't be opened.
class PlannedWeightSources final : public WeightSources {
public:
    /// device, compute: of the run; kept: outlives the sources; make_copies: the device's.
    PlannedWeightSources(const WeightPlan& plan, at::Device device, at::ScalarType compute, KeptWeights& kept,
                         MakeDeviceCopies make_copies = make_blocking_copies);

    /// Throws c10::Error where the plan says NotLoaded, and without an index.
    std::unique_ptr<WeightSource> open(const files::WeightIndex* index, std::vector<nn::ParameterBlock*> blocks) override;

private:
    WeightPlan m_plan;
    at::Device m_device;
    at::ScalarType m_compute;
    KeptWeights& m_kept;
    MakeDeviceCopies m_make_copies;
};

}  // namespace headroom::memory
