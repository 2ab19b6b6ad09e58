#pragma once

#include <deque>
#include <set>

#include "core/sampling/scheduler.h"

namespace headroom::sampling {

/// What a UniPCMultistepScheduler's config says. Names and defaults are those of diffusers 0.42.1, scheduling_unipc_multistep.py.
struct UniPcConfig {
    enum class Prediction { Epsilon, Sample, Velocity, Flow };
    enum class Solver { Bh1, Bh2 };
    enum class FinalSigma { Zero, SigmaMin };

    /// Timestep of full noise.
    std::int64_t num_train_timesteps = 1000;
    /// How many outputs a step looks at, 1 to 3.
    int solver_order = 2;
    Prediction prediction_type = Prediction::Epsilon;
    /// Whether the solver runs on predictions of the clean sample, or of the noise.
    bool predict_x0 = true;
    Solver solver_type = Solver::Bh2;
    /// Whether the order falls to 1 towards the last step.
    bool lower_order_final = true;
    /// Steps whose result the next step doesn't correct.
    std::set<std::int64_t> disable_corrector;
    /// Moves the noise levels towards 1. 3 for Wan at 480p, 5 at 720p.
    double flow_shift = 1.0;
    /// What the last step goes to: no noise, or the level it starts from.
    FinalSigma final_sigmas_type = FinalSigma::Zero;
    /// The last step's noise level; 0 leaves it as it falls.
    double shift_terminal = 0.0;
};

/// Reads and checks the config. Errors: BadModel; what isn't supported (noise levels other than flow sigmas, thresholding,
/// `solver_p`, dynamic shifting) is refused by its key.
Result<UniPcConfig> parse_unipc_config(const nlohmann::json& config, std::string_view where);

/// UniPC (arXiv 2302.04867), a multistep predictor-corrector, on flow noise levels (alpha = 1 - sigma).
/// Source: diffusers 0.42.1, scheduling_unipc_multistep.py. Scalars are computed in float32, as there.
class UniPc final : public Scheduler {
public:
    /// steps: at least 1.
    UniPc(const UniPcConfig& config, int steps);

    Tensor step(const Tensor& model_output, std::size_t step_index, const Tensor& sample, const DrawNoise& noise = {}) override;
    Tensor predicted_clean(const Tensor& model_output, std::size_t step_index, const Tensor& sample) const override;
    SchedulerState save_state() const override;
    Result<void> restore(const SchedulerState& state) override;

private:
    struct Update;

    Tensor converted(const Tensor& model_output, std::size_t step_index, const Tensor& sample) const;
    Update prepare_update(std::size_t from, std::size_t to, int order) const;
    Tensor predict(const Tensor& sample, std::size_t step_index) const;
    Tensor correct(const Tensor& output, std::size_t step_index) const;

    UniPcConfig m_config;
    std::deque<Tensor> m_outputs;  ///< Converted outputs of the last steps, newest at the back, at most solver_order.
    Tensor m_last_sample;          ///< What the last step started from, corrected.
    int m_order = 0;               ///< The last step's order.
    std::size_t m_next_step = 0;
};

}  // namespace headroom::sampling
