#pragma once

#include "core/sampling/scheduler.h"

namespace headroom::sampling {

/// What a FlowMatchEulerDiscreteScheduler's config says. Names and defaults are those of diffusers 0.42.1,
/// scheduling_flow_match_euler_discrete.py.
struct FlowMatchEulerConfig {
    enum class Spacing { AsShifted, Karras, Exponential };
    /// Between which noise levels the steps lie before they are shifted.
    enum class Levels {
        AsTrained,   ///< From the most to the least that was trained, both shifted already.
        EvenToZero,  ///< From 1 in even steps towards 0: what pipelines hand over as `sigmas`.
    };

    /// Timestep of full noise.
    std::int64_t num_train_timesteps = 1000;
    /// Moves the noise levels towards 1.
    double shift = 1.0;
    /// The last step's noise level; 0 leaves it as it falls.
    double shift_terminal = 0.0;
    /// How the levels lie between the first and the last (`use_karras_sigmas`, `use_exponential_sigmas`).
    Spacing spacing = Spacing::AsShifted;
    /// Whether the model counts noise from 0 up to 1.
    bool invert_sigmas = false;
    /// Not of the config: a matter of the pipeline.
    Levels levels = Levels::AsTrained;
};

/// Reads and checks the config. Errors: BadModel; dynamic shifting, stochastic sampling and beta sigmas are refused by their
/// keys.
Result<FlowMatchEulerConfig> parse_flow_match_euler_config(const nlohmann::json& config, std::string_view where);

/// Euler steps along the flow: sample + (next sigma - sigma) · output. Source: diffusers 0.42.1,
/// scheduling_flow_match_euler_discrete.py; as there, the shift applies twice to the lowest trained level. Unlike there, the
/// sample stays in float32 whatever the output is.
class FlowMatchEuler final : public Scheduler {
public:
    /// steps: at least 1; at least 2 when `shift_terminal` is set.
    FlowMatchEuler(const FlowMatchEulerConfig& config, int steps);

    Tensor step(const Tensor& model_output, std::size_t step_index, const Tensor& sample, const DrawNoise& noise = {}) override;
    Tensor predicted_clean(const Tensor& model_output, std::size_t step_index, const Tensor& sample) const override;
    SchedulerState save_state() const override;
    Result<void> restore(const SchedulerState& state) override;

private:
    float m_clean_sigma;
    std::size_t m_next_step = 0;
};

/// The scheduler for a pipeline that hands over its noise levels. Errors: BadModel, also for another class; Usage when `steps` is
/// none.
Result<std::unique_ptr<Scheduler>> make_flow_match_euler(const nlohmann::json& config, int steps,
                                                         FlowMatchEulerConfig::Levels levels,
                                                         std::string_view where = "scheduler/scheduler_config.json");

}  // namespace headroom::sampling
