#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/device/devices.h"
#include "core/engine/outlook.h"
#include "core/engine/request.h"
#include "core/memory/kept_weights.h"
#include "core/models/video_model.h"
#include "core/planner/plan_search.h"

namespace headroom {

/// What an outlook is wanted for: all of a request that decides what it costs.
struct OutlookSubject {
    models::ClipSize size;
    int batch = 1;
    models::DenoiseSettings settings;
    models::TextTokens tokens;     ///< Empty: prompts as long as the encoders take.
    std::vector<StagePlan> chain;  ///< The stages to look at.
    ExecutionOptions execution;
};

/// Makes outlooks: dry runs of the model's code, searched by the planner with this machine's rates and history. Any thread that
/// is in no dry run. What it is given outlives it.
class OutlookMaker {
public:
    OutlookMaker(const models::VideoModel& model, const Devices& devices, const memory::KeptWeights& kept,
                 const std::filesystem::path& state_dir)
        : m_model(model), m_devices(devices), m_kept(kept), m_state_dir(state_dir)
    {
    }

    // Weights that an earlier run left on the device count where they are pinned to stay, unless the budget does not fit with
    // them: a run begins by giving up those that its plan does not count.
    /// The outlook for every budget, with remedies when the subject's budget (or the automatic one) doesn't fit.
    /// Errors: Usage (pins, device), BadModel, Device.
    Result<PlanOutlook> complete(const OutlookSubject& subject) const;
    /// The same, right for this budget alone (see PlanSearch), without remedies: fewer dry runs.
    Result<PlanOutlook> settled(const OutlookSubject& subject, std::int64_t budget_bytes) const;

    /// What the subject's run may use: its budget, or the automatic one.
    Result<std::int64_t> budget_bytes(const ExecutionOptions& execution) const;

private:
    struct Target;
    struct Machine;
    Result<Target> target(const ExecutionOptions& execution) const;
    Result<MachineRates> card_rates(const Target& target, at::ScalarType dtype) const;
    Result<Machine> machine(const OutlookSubject& subject) const;
    std::map<std::string, std::int64_t> kept_bytes(const OutlookSubject& subject, const Target& target) const;
    std::filesystem::path largest_weight_file(const OutlookSubject& subject) const;
    Result<PlanSearch> search(const OutlookSubject& subject, const Machine& machine) const;
    Result<PlanOutlook> settled(const OutlookSubject& subject, std::int64_t budget_bytes, const Machine& machine) const;
    Result<PlanOutlook> complete(const OutlookSubject& subject, const Machine& machine) const;
    PlanOutlook described(PlanOutlook outlook, const OutlookSubject& subject) const;
    Result<std::vector<Remedy>> remedies(const OutlookSubject& subject, std::int64_t budget_bytes, const Machine& machine) const;

    const models::VideoModel& m_model;
    const Devices& m_devices;
    const memory::KeptWeights& m_kept;
    std::filesystem::path m_state_dir;
};

}  // namespace headroom
