#include "core/sampling/flow_match_euler.h"

#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"
#include "core/sampling/config_keys.h"
#include "core/sampling/sigmas.h"

namespace headroom::sampling {

namespace {

/// The shift in float32, as diffusers applies it to the training timesteps.
double shifted_in_float32(float sigma, double shift)
{
    return float(shift) * sigma / (1.0F + float(shift - 1.0) * sigma);
}

std::vector<double> trained_levels(const FlowMatchEulerConfig& config, int steps)
{
    const auto scale = double(config.num_train_timesteps);
    std::vector<double> sigmas =
        linspace(shifted_in_float32(1.0F, config.shift) * scale,
                 shifted_in_float32(1.0F / float(config.num_train_timesteps), config.shift) * scale, steps);
    for (double& sigma : sigmas) sigma /= scale;
    shift_sigmas(sigmas, config.shift);
    return sigmas;
}

/// In float32, as diffusers treats levels that it is handed.
std::vector<double> even_levels(const FlowMatchEulerConfig& config, int steps)
{
    std::vector<double> sigmas = linspace(1.0, 0.0, steps + 1);
    sigmas.pop_back();
    for (double& sigma : sigmas) sigma = shifted_in_float32(float(sigma), config.shift);
    return sigmas;
}

}  // namespace

Result<FlowMatchEulerConfig> parse_flow_match_euler_config(const nlohmann::json& document, std::string_view where)
{
    const JsonFields fields(document, where);
    TRY(fields.check_class("FlowMatchEulerDiscreteScheduler"));
    TRY(refuse_switched_on(fields, {"use_dynamic_shifting", "stochastic_sampling", "use_beta_sigmas"}));
    FlowMatchEulerConfig config;
    config.num_train_timesteps = TRY(fields.integer("num_train_timesteps", config.num_train_timesteps, 1, 1'000'000));
    config.shift = TRY(fields.positive_number("shift", config.shift));
    config.shift_terminal = TRY(read_shift_terminal(fields));
    config.invert_sigmas = TRY(fields.boolean("invert_sigmas", config.invert_sigmas));
    const bool is_karras = TRY(fields.boolean("use_karras_sigmas", false));
    const bool is_exponential = TRY(fields.boolean("use_exponential_sigmas", false));
    if (is_karras && is_exponential) {
        return fail(ErrorCode::BadModel, "{} and 'use_exponential_sigmas' are both true, but only one can be",
                    fields.named("use_karras_sigmas"));
    }
    if (is_karras) config.spacing = FlowMatchEulerConfig::Spacing::Karras;
    if (is_exponential) config.spacing = FlowMatchEulerConfig::Spacing::Exponential;
    return config;
}

FlowMatchEuler::FlowMatchEuler(const FlowMatchEulerConfig& config, int steps) : m_clean_sigma(config.invert_sigmas ? 1.0F : 0.0F)
{
    const auto scale = double(config.num_train_timesteps);
    const bool is_trained = config.levels == FlowMatchEulerConfig::Levels::AsTrained;
    std::vector<double> sigmas = is_trained ? trained_levels(config, steps) : even_levels(config, steps);
    if (config.shift_terminal != 0) stretch_to_terminal(sigmas, config.shift_terminal);
    if (config.spacing == FlowMatchEulerConfig::Spacing::Karras) sigmas = karras_sigmas(sigmas, steps);
    if (config.spacing == FlowMatchEulerConfig::Spacing::Exponential) sigmas = exponential_sigmas(sigmas, steps);
    for (const double sigma : sigmas) {
        m_sigmas.push_back(config.invert_sigmas ? 1.0F - float(sigma) : float(sigma));
        m_timesteps.push_back(m_sigmas.back() * float(scale));
    }
    m_sigmas.push_back(m_clean_sigma);
}

Tensor FlowMatchEuler::step(const Tensor& model_output, std::size_t step_index, const Tensor& sample, const DrawNoise&)
{
    TORCH_CHECK(step_index == m_next_step && step_index < m_timesteps.size(), "Euler is at step ", m_next_step, ", not at ",
                step_index);
    ++m_next_step;
    return sample.add(model_output.to(at::kFloat).mul(m_sigmas[step_index + 1] - m_sigmas[step_index]));
}

Tensor FlowMatchEuler::predicted_clean(const Tensor& model_output, std::size_t step_index, const Tensor& sample) const
{
    return sample.add(model_output.to(at::kFloat).mul(m_clean_sigma - m_sigmas[step_index]));
}

SchedulerState FlowMatchEuler::save_state() const
{
    return {.tensors = {}, .numbers = {{"next_step", std::int64_t(m_next_step)}}};
}

Result<void> FlowMatchEuler::restore(const SchedulerState& state)
{
    const auto found = state.numbers.find("next_step");
    if (found == state.numbers.end()) return fail(ErrorCode::BadInput, "The saved scheduler state has no 'next_step'");
    if (found->second < 0 || found->second > std::int64_t(m_timesteps.size())) {
        return fail(ErrorCode::BadInput, "The saved scheduler state is after step {}, but the run has {}", found->second,
                    m_timesteps.size());
    }
    m_next_step = std::size_t(found->second);
    return {};
}

}  // namespace headroom::sampling
