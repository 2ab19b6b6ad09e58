#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "core/tensor/tensor.h"

namespace headroom::sampling {

/// What the configs of CogVideoXDDIMScheduler and CogVideoXDPMScheduler say; both have the same keys. Names and defaults are
/// those of diffusers 0.42.1, scheduling_ddim_cogvideox.py and scheduling_dpm_cogvideox.py.
struct SnrScheduleConfig {
    enum class Betas { Linear, ScaledLinear };
    enum class Prediction { Epsilon, Sample, Velocity };
    enum class Spacing { Leading, Linspace, Trailing };

    /// Timesteps that the model was trained on.
    std::int64_t num_train_timesteps = 1000;
    double beta_start = 0.00085;
    double beta_end = 0.0120;
    Betas beta_schedule = Betas::ScaledLinear;
    Prediction prediction_type = Prediction::Epsilon;
    Spacing timestep_spacing = Spacing::Leading;
    /// Added to the timesteps where these are leading.
    std::int64_t steps_offset = 0;
    /// Whether the last step ends without any noise, or at the first training timestep's level.
    bool set_alpha_to_one = true;
    /// Whether the first step starts from nothing but noise.
    bool rescale_betas_zero_snr = false;
    /// Divides the signal-to-noise ratio. 3 in 2b, 1 in 5b.
    double snr_shift_scale = 3.0;
};

/// Reads and checks the config; `class_name` is the one it must have. clip_sample and its range are tolerated: diffusers' two
/// schedulers don't look at them. Errors: BadModel; trained betas and the squared cosine are refused by their keys.
Result<SnrScheduleConfig> parse_snr_schedule_config(const nlohmann::json& config, std::string_view class_name,
                                                    std::string_view where);

/// Signal and noise at each training timestep, and the timesteps of a run, as numbers: what both of CogVideoX's schedulers step
/// along.
class SnrSchedule {
public:
    /// steps: from 1 to num_train_timesteps.
    SnrSchedule(const SnrScheduleConfig& config, int steps);

    /// Falling. Where numpy's rounding would append one step more than asked for, below 0, that step is left out.
    const std::vector<std::int64_t>& timesteps() const { return m_timesteps; }

    /// The share of the signal (the cumulative product of alphas) at step `index`, and where that step leads.
    double alpha(std::size_t index) const { return alpha_at(m_timesteps[index]); }
    double next_alpha(std::size_t index) const;
    /// Whether step `index` leads below the first training timestep.
    bool leads_to_the_end(std::size_t index) const { return next_timestep(index) < 0; }

    /// The clean sample that a model's output points at. Both float32 → float32.
    Tensor clean_sample(const Tensor& model_output, std::size_t index, const Tensor& sample) const;

private:
    double alpha_at(std::int64_t timestep) const { return m_alphas[std::size_t(timestep)]; }
    /// A whole number of training timesteps lower, as diffusers has it, though trailing timesteps may lie otherwise.
    std::int64_t next_timestep(std::size_t index) const { return m_timesteps[index] - m_stride; }

    SnrScheduleConfig::Prediction m_prediction;
    std::int64_t m_stride;
    double m_final_alpha;
    std::vector<double> m_alphas;
    std::vector<std::int64_t> m_timesteps;
};

}  // namespace headroom::sampling
