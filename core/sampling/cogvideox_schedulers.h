#pragma once

#include "core/sampling/scheduler.h"
#include "core/sampling/snr_schedule.h"

namespace headroom::sampling {

/// DDIM (arXiv 2010.02502) without added noise. Source: diffusers 0.42.1, scheduling_ddim_cogvideox.py. Unlike in the reference's
/// pipeline, which rounds the sample to the model's dtype after each step, the sample stays in float32, which only improves it.
class CogVideoXDdim final : public Scheduler {
public:
    CogVideoXDdim(const SnrScheduleConfig& config, int steps);

    Tensor step(const Tensor& model_output, std::size_t step_index, const Tensor& sample, const DrawNoise& noise = {}) override;
    Tensor predicted_clean(const Tensor& model_output, std::size_t step_index, const Tensor& sample) const override;
    SchedulerState save_state() const override;
    Result<void> restore(const SchedulerState& state) override;

private:
    SnrSchedule m_schedule;
    std::size_t m_next_step = 0;
};

/// DPM-Solver++ (arXiv 2211.01095), the stochastic two-step form. Source: diffusers 0.42.1, scheduling_dpm_cogvideox.py. As
/// there, every step draws noise once, and once more, of which the first draw is not used, when a step before is at hand and the
/// end is not reached: so a seed's noise falls to the same steps. The sample stays in float32, as with CogVideoXDdim.
class CogVideoXDpm final : public Scheduler {
public:
    CogVideoXDpm(const SnrScheduleConfig& config, int steps);

    /// noise: must be given.
    Tensor step(const Tensor& model_output, std::size_t step_index, const Tensor& sample, const DrawNoise& noise) override;
    Tensor predicted_clean(const Tensor& model_output, std::size_t step_index, const Tensor& sample) const override;
    SchedulerState save_state() const override;
    Result<void> restore(const SchedulerState& state) override;

private:
    SnrSchedule m_schedule;
    Tensor m_last_clean;  ///< The clean sample that the last step's output pointed at.
    std::size_t m_next_step = 0;
};

}  // namespace headroom::sampling
