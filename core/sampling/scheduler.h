#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "core/tensor/tensor.h"

namespace headroom::sampling {

/// What a scheduler carries from one step to the next, by name: enough for a fresh scheduler of the same config and steps to
/// go on with the same bits. Plain tensors and numbers, so it fits in a file.
struct SchedulerState {
    std::map<std::string, Tensor> tensors;
    std::map<std::string, std::int64_t> numbers;
};

/// Draws standard normal numbers of a tensor's shape, float32, on its device: for schedulers that add noise while they step.
using DrawNoise = std::function<Tensor(const Tensor& like)>;

/// The way from noise to a clean sample for one number of steps. Knows no model: whoever runs one hands over its outputs.
/// Samples stay in float32 throughout; step from 0 upwards, one after the other.
class Scheduler {
public:
    virtual ~Scheduler() = default;

    /// The timestep that the model is given at each step, falling.
    const std::vector<double>& timesteps() const { return m_timesteps; }
    /// The noise level at each step, and after the last one.
    const std::vector<float>& sigmas() const { return m_sigmas; }

    /// The sample after step `step_index`. model_output: what the model said of `sample` at timesteps()[step_index], any
    /// float dtype; sample: float32, the same shape; noise: called in the reference's order, by those that draw → float32.
    virtual Tensor step(const Tensor& model_output, std::size_t step_index, const Tensor& sample,
                        const DrawNoise& noise = {}) = 0;

    /// The clean sample that this output points at: for previews; changes nothing. float32.
    virtual Tensor predicted_clean(const Tensor& model_output, std::size_t step_index, const Tensor& sample) const = 0;

    /// What the next step needs of the ones before. The tensors are shared, not copied; a step never changes them.
    virtual SchedulerState save_state() const = 0;
    /// Goes on from a saved state. Errors: BadInput when it isn't of this kind of scheduler, with the key that is missing.
    virtual Result<void> restore(const SchedulerState& state) = 0;

protected:
    std::vector<double> m_timesteps;
    std::vector<float> m_sigmas;
};

/// Makes the scheduler that a `scheduler_config.json` asks for by `_class_name`, set to `steps` steps:
/// UniPCMultistepScheduler (with flow sigmas), FlowMatchEulerDiscreteScheduler, CogVideoXDDIMScheduler or CogVideoXDPMScheduler.
/// Missing keys take diffusers' defaults, unknown ones are tolerated. `where` names the file. Errors: BadModel when the class, a
/// key or a value is not supported (says which and what is); Usage when `steps` is none or more than the config allows.
Result<std::unique_ptr<Scheduler>> make_scheduler(const nlohmann::json& config, int steps,
                                                  std::string_view where = "scheduler/scheduler_config.json");

}  // namespace headroom::sampling
