#include "core/sampling/cogvideox_schedulers.h"

#include <cmath>

namespace headroom::sampling {

namespace {

/// The noise level where the signal has this share.
float sigma_of(double alpha)
{
    return float(std::sqrt(1.0 - alpha));
}

/// Half the logarithmic signal-to-noise ratio: infinite where there is no noise, minus infinity where there is no signal.
double lambda_of(double alpha)
{
    return std::log(std::sqrt(alpha / (1.0 - alpha)));
}

void list_steps(const SnrSchedule& schedule, std::vector<double>& timesteps, std::vector<float>& sigmas)
{
    for (std::size_t i = 0; i < schedule.timesteps().size(); ++i) {
        timesteps.push_back(double(schedule.timesteps()[i]));
        sigmas.push_back(sigma_of(schedule.alpha(i)));
    }
    sigmas.push_back(sigma_of(schedule.next_alpha(schedule.timesteps().size() - 1)));
}

Result<std::size_t> saved_step(const SchedulerState& state, std::size_t steps)
{
    const auto found = state.numbers.find("next_step");
    if (found == state.numbers.end()) return fail(ErrorCode::BadInput, "The saved scheduler state has no 'next_step'");
    if (found->second < 0 || found->second > std::int64_t(steps)) {
        return fail(ErrorCode::BadInput, "The saved scheduler state is after step {}, but the run has {}", found->second, steps);
    }
    return std::size_t(found->second);
}

}  // namespace

CogVideoXDdim::CogVideoXDdim(const SnrScheduleConfig& config, int steps) : m_schedule(config, steps)
{
    list_steps(m_schedule, m_timesteps, m_sigmas);
}

Tensor CogVideoXDdim::step(const Tensor& model_output, std::size_t step_index, const Tensor& sample, const DrawNoise&)
{
    TORCH_CHECK(step_index == m_next_step && step_index < m_timesteps.size(), "DDIM is at step ", m_next_step, ", not at ",
                step_index);
    ++m_next_step;
    const double alpha = m_schedule.alpha(step_index);
    const double next = m_schedule.next_alpha(step_index);
    const double of_sample = std::sqrt((1.0 - next) / (1.0 - alpha));
    const double of_clean = std::sqrt(next) - std::sqrt(alpha) * of_sample;
    const Tensor clean = predicted_clean(model_output, step_index, sample);
    return sample.mul(of_sample).add_(clean.mul(of_clean));
}

Tensor CogVideoXDdim::predicted_clean(const Tensor& model_output, std::size_t step_index, const Tensor& sample) const
{
    return m_schedule.clean_sample(model_output.to(at::kFloat), step_index, sample);
}

SchedulerState CogVideoXDdim::save_state() const
{
    return {.tensors = {}, .numbers = {{"next_step", std::int64_t(m_next_step)}}};
}

Result<void> CogVideoXDdim::restore(const SchedulerState& state)
{
    m_next_step = TRY(saved_step(state, m_timesteps.size()));
    return {};
}

CogVideoXDpm::CogVideoXDpm(const SnrScheduleConfig& config, int steps) : m_schedule(config, steps)
{
    list_steps(m_schedule, m_timesteps, m_sigmas);
}

Tensor CogVideoXDpm::step(const Tensor& model_output, std::size_t step_index, const Tensor& sample, const DrawNoise& noise)
{
    TORCH_CHECK(step_index == m_next_step && step_index < m_timesteps.size(), "DPM is at step ", m_next_step, ", not at ",
                step_index);
    TORCH_CHECK(noise, "DPM draws noise, but was given no source of it");
    ++m_next_step;
    const double alpha = m_schedule.alpha(step_index);
    const double next = m_schedule.next_alpha(step_index);
    const double lambda = lambda_of(alpha);
    const double move = lambda_of(next) - lambda;
    const double of_sample = std::sqrt((1.0 - next) / (1.0 - alpha)) * std::exp(-move);
    const double of_clean = std::expm1(-2.0 * move) * std::sqrt(next);
    const double of_noise = std::sqrt(1.0 - next) * std::sqrt(1.0 - std::exp(-2.0 * move));

    const Tensor clean = predicted_clean(model_output, step_index, sample);
    Tensor drawn = noise(sample);
    Tensor target = clean;
    if (m_last_clean.defined() && !m_schedule.leads_to_the_end(step_index)) {
        const double last_move = lambda - lambda_of(m_schedule.alpha(step_index - 1));
        const double weight = 1.0 / (2.0 * (last_move / move));
        target = clean.mul(1.0 + weight).sub_(m_last_clean.mul(weight));
        drawn = noise(sample);
    }
    m_last_clean = clean;
    return sample.mul(of_sample).sub_(target.mul(of_clean)).add_(drawn.mul(of_noise));
}

Tensor CogVideoXDpm::predicted_clean(const Tensor& model_output, std::size_t step_index, const Tensor& sample) const
{
    return m_schedule.clean_sample(model_output.to(at::kFloat), step_index, sample);
}

SchedulerState CogVideoXDpm::save_state() const
{
    SchedulerState state;
    if (m_last_clean.defined()) state.tensors["last_clean"] = m_last_clean;
    state.numbers = {{"next_step", std::int64_t(m_next_step)}};
    return state;
}

Result<void> CogVideoXDpm::restore(const SchedulerState& state)
{
    const std::size_t next_step = TRY(saved_step(state, m_timesteps.size()));
    const auto last_clean = state.tensors.find("last_clean");
    if (next_step > 0 && last_clean == state.tensors.end()) {
        return fail(ErrorCode::BadInput, "The saved scheduler state has no 'last_clean'");
    }
    m_last_clean = next_step > 0 ? last_clean->second : Tensor();
    m_next_step = next_step;
    return {};
}

}  // namespace headroom::sampling
