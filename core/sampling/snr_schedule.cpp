#include "core/sampling/snr_schedule.h"

#include <algorithm>
#include <cmath>

#include <ATen/ops/cumprod.h>
#include <ATen/ops/linspace.h>
#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"
#include "core/sampling/sigmas.h"

namespace headroom::sampling {

namespace {

constexpr std::int64_t kMostTimesteps = 100'000;

Result<void> read_signal(const JsonFields& fields, SnrScheduleConfig& config)
{
    if (fields.has("trained_betas")) {
        return fail(ErrorCode::BadModel, "{} is set, which is not supported", fields.named("trained_betas"));
    }
    config.num_train_timesteps = TRY(fields.integer("num_train_timesteps", config.num_train_timesteps, 1, kMostTimesteps));
    config.beta_start = TRY(fields.positive_number("beta_start", config.beta_start));
    config.beta_end = TRY(fields.positive_number("beta_end", config.beta_end));
    if (config.beta_start > config.beta_end || config.beta_end >= 1) {
        return fail(ErrorCode::BadModel, "{} is {} and 'beta_start' {}; expected both below 1 and the end not below the start",
                    fields.named("beta_end"), config.beta_end, config.beta_start);
    }
    const std::string betas = TRY(fields.word("beta_schedule", "scaled_linear", {"linear", "scaled_linear"}));
    config.beta_schedule = betas == "linear" ? SnrScheduleConfig::Betas::Linear : SnrScheduleConfig::Betas::ScaledLinear;
    config.set_alpha_to_one = TRY(fields.boolean("set_alpha_to_one", config.set_alpha_to_one));
    config.rescale_betas_zero_snr = TRY(fields.boolean("rescale_betas_zero_snr", config.rescale_betas_zero_snr));
    config.snr_shift_scale = TRY(fields.positive_number("snr_shift_scale", config.snr_shift_scale));
    return {};
}

/// In the tensors and the order of operations of the reference, so that the bits are the same.
std::vector<double> alphas_of(const SnrScheduleConfig& config)
{
    const bool is_scaled = config.beta_schedule == SnrScheduleConfig::Betas::ScaledLinear;
    const Tensor betas = is_scaled ? at::linspace(std::sqrt(config.beta_start), std::sqrt(config.beta_end),
                                                  config.num_train_timesteps, at::TensorOptions().dtype(at::kDouble))
                                         .square()
                                   : at::linspace(config.beta_start, config.beta_end, config.num_train_timesteps,
                                                  at::TensorOptions().dtype(at::kFloat));
    Tensor alphas = at::cumprod(betas.neg().add(1.0), 0);
    alphas = alphas.div(alphas.mul(1.0 - config.snr_shift_scale).add(config.snr_shift_scale));
    if (config.rescale_betas_zero_snr) {
        // Algorithm 1 of arXiv 2305.08891: all noise at the last timestep, the first one's level kept.
        const Tensor roots = alphas.sqrt();
        const Tensor first = roots[0];
        const Tensor last = roots[-1];
        alphas = roots.sub(last).mul(first.div(first.sub(last))).square();
    }
    const Tensor wide = alphas.to(at::kDouble).contiguous();
    return {wide.const_data_ptr<double>(), wide.const_data_ptr<double>() + wide.numel()};
}

/// numpy.round: halves go to the even neighbour.
std::int64_t rounded(double value)
{
    return std::int64_t(std::nearbyint(value));
}

std::vector<std::int64_t> timesteps_of(const SnrScheduleConfig& config, int steps)
{
    std::vector<std::int64_t> timesteps;
    const std::int64_t trained = config.num_train_timesteps;
    switch (config.timestep_spacing) {
    case SnrScheduleConfig::Spacing::Leading:
        for (int i = steps - 1; i >= 0; --i) timesteps.push_back(i * (trained / steps) + config.steps_offset);
        break;
    case SnrScheduleConfig::Spacing::Linspace:
        for (const double value : linspace(0, double(trained - 1), steps)) timesteps.push_back(rounded(value));
        std::ranges::reverse(timesteps);
        break;
    case SnrScheduleConfig::Spacing::Trailing: {
        // numpy.arange: its step is the difference of its first two values, which rounding decides.
        const auto start = double(trained);
        const double difference = (start - start / steps) - start;
        for (int i = 0; i < steps; ++i) timesteps.push_back(rounded(start + i * difference) - 1);
        break;
    }
    }
    // An offset of the leading spacing may pass the last training timestep.
    for (std::int64_t& timestep : timesteps) timestep = std::clamp<std::int64_t>(timestep, 0, trained - 1);
    return timesteps;
}

}  // namespace

Result<SnrScheduleConfig> parse_snr_schedule_config(const nlohmann::json& document, std::string_view class_name,
                                                    std::string_view where)
{
    const JsonFields fields(document, where);
    TRY(fields.check_class(class_name));
    SnrScheduleConfig config;
    TRY(read_signal(fields, config));
    const std::string prediction = TRY(fields.word("prediction_type", "epsilon", {"epsilon", "sample", "v_prediction"}));
    if (prediction == "sample") config.prediction_type = SnrScheduleConfig::Prediction::Sample;
    if (prediction == "v_prediction") config.prediction_type = SnrScheduleConfig::Prediction::Velocity;
    if (config.prediction_type == SnrScheduleConfig::Prediction::Epsilon && config.rescale_betas_zero_snr) {
        return fail(ErrorCode::BadModel, "{} is epsilon, which says nothing where 'rescale_betas_zero_snr' leaves no signal",
                    fields.named("prediction_type"));
    }
    const std::string spacing = TRY(fields.word("timestep_spacing", "leading", {"leading", "linspace", "trailing"}));
    if (spacing == "linspace") config.timestep_spacing = SnrScheduleConfig::Spacing::Linspace;
    if (spacing == "trailing") config.timestep_spacing = SnrScheduleConfig::Spacing::Trailing;
    config.steps_offset = TRY(fields.integer("steps_offset", config.steps_offset, 0, kMostTimesteps));
    return config;
}

SnrSchedule::SnrSchedule(const SnrScheduleConfig& config, int steps)
    : m_prediction(config.prediction_type),
      m_stride(config.num_train_timesteps / steps),
      m_final_alpha(1.0),
      m_alphas(alphas_of(config)),
      m_timesteps(timesteps_of(config, steps))
{
    if (!config.set_alpha_to_one) m_final_alpha = m_alphas.front();
}

double SnrSchedule::next_alpha(std::size_t index) const
{
    return leads_to_the_end(index) ? m_final_alpha : alpha_at(next_timestep(index));
}

Tensor SnrSchedule::clean_sample(const Tensor& model_output, std::size_t index, const Tensor& sample) const
{
    const double signal = std::sqrt(alpha(index));
    const double noise = std::sqrt(1.0 - alpha(index));
    switch (m_prediction) {
    case SnrScheduleConfig::Prediction::Epsilon: return sample.sub(model_output.mul(noise)).div_(signal);
    case SnrScheduleConfig::Prediction::Sample: return model_output;
    case SnrScheduleConfig::Prediction::Velocity: break;
    }
    return sample.mul(signal).sub_(model_output.mul(noise));
}

}  // namespace headroom::sampling
