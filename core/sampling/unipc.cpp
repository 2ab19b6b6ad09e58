#include "core/sampling/unipc.h"

#include <cmath>

#include <ATen/ops/expm1.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/log.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tensor.h>

#include "core/sampling/sigmas.h"

namespace headroom::sampling {

namespace {

/// diffusers takes this from a first noise level of 1, whose logarithmic signal-to-noise ratio would be infinite.
constexpr double kBelowOne = 1e-6;

float alpha_of(float sigma)
{
    return 1.0F - sigma;
}

// LibTorch's own functions, because the third order's equations lose digits: an ulp here is 1e-5 of a sample there.
float log(float x)
{
    return at::log(at::scalar_tensor(x, at::kFloat)).item<float>();
}

float expm1(float x)
{
    return at::expm1(at::scalar_tensor(x, at::kFloat)).item<float>();
}

/// Half the logarithmic signal-to-noise ratio.
float lambda_of(float sigma)
{
    return log(alpha_of(sigma)) - log(sigma);
}

/// Solves matrix · x = right for the few unknowns of a step.
std::vector<float> solve(const std::vector<float>& matrix, const std::vector<float>& right)
{
    const auto unknowns = std::int64_t(right.size());
    const Tensor solved = at::linalg_solve(at::tensor(matrix).view({unknowns, unknowns}), at::tensor(right));
    return {solved.const_data_ptr<float>(), solved.const_data_ptr<float>() + unknowns};
}

}  // namespace

/// The scalars of one move between two noise levels, for predictor and corrector alike.
struct UniPc::Update {
    float keep = 0;             ///< Factor of the sample.
    float newest = 0;           ///< Factor of the newest output.
    float residual = 0;         ///< Factor of the weighted differences of outputs.
    std::vector<float> ratios;  ///< Of each older output: its distance from the newest in units of the move.
    std::vector<float> right;   ///< Right side of the weights' equations, one a unit of order.

    /// The Vandermonde matrix of the weights' equations over the older outputs, and over the move's end when `with_end`.
    std::vector<float> matrix(std::size_t unknowns) const
    {
        std::vector<float> rows;
        for (std::size_t power = 0; power < unknowns; ++power) {
            for (std::size_t i = 0; i < unknowns; ++i) {
                rows.push_back(i < ratios.size() ? std::pow(ratios[i], float(power)) : 1.0F);
            }
        }
        return rows;
    }
};

UniPc::UniPc(const UniPcConfig& config, int steps) : m_config(config)
{
    const double last = 1.0 / double(config.num_train_timesteps);
    std::vector<double> sigmas = linspace(1.0, last, steps + 1);
    sigmas.pop_back();
    shift_sigmas(sigmas, config.flow_shift);
    if (config.shift_terminal != 0) stretch_to_terminal(sigmas, config.shift_terminal);
    if (std::fabs(sigmas.front() - 1.0) < kBelowOne) sigmas.front() -= kBelowOne;
    for (const double sigma : sigmas) {
        m_timesteps.push_back(std::trunc(sigma * double(config.num_train_timesteps)));
        m_sigmas.push_back(float(sigma));
    }
    m_sigmas.push_back(config.final_sigmas_type == UniPcConfig::FinalSigma::Zero ? 0.0F : m_sigmas.back());
}

Tensor UniPc::predicted_clean(const Tensor& model_output, std::size_t step_index, const Tensor& sample) const
{
    const double sigma = m_sigmas[step_index];
    const double alpha = alpha_of(m_sigmas[step_index]);
    const Tensor output = model_output.to(at::kFloat);
    switch (m_config.prediction_type) {
    case UniPcConfig::Prediction::Epsilon: return sample.sub(output.mul(sigma)).div_(alpha);
    case UniPcConfig::Prediction::Sample: return output;
    case UniPcConfig::Prediction::Velocity: return sample.mul(alpha).sub_(output.mul(sigma));
    case UniPcConfig::Prediction::Flow: break;
    }
    return sample.sub(output.mul(sigma));
}

Tensor UniPc::converted(const Tensor& model_output, std::size_t step_index, const Tensor& sample) const
{
    if (m_config.predict_x0) return predicted_clean(model_output, step_index, sample);
    const double sigma = m_sigmas[step_index];
    const double alpha = alpha_of(m_sigmas[step_index]);
    const Tensor output = model_output.to(at::kFloat);
    switch (m_config.prediction_type) {
    case UniPcConfig::Prediction::Sample: return sample.sub(output.mul(alpha)).div_(sigma);
    case UniPcConfig::Prediction::Velocity: return output.mul(alpha).add_(sample.mul(sigma));
    default: return output;
    }
}

UniPc::Update UniPc::prepare_update(std::size_t from, std::size_t to, int order) const
{
    const float sigma_to = m_sigmas[to];
    const float sigma_from = m_sigmas[from];
    const float lambda_from = lambda_of(sigma_from);
    const float move = lambda_of(sigma_to) - lambda_from;
    const float signed_move = m_config.predict_x0 ? -move : move;
    const float phi_1 = expm1(signed_move);
    const float scale = m_config.solver_type == UniPcConfig::Solver::Bh1 ? signed_move : phi_1;

    Update update;
    const float weight = m_config.predict_x0 ? alpha_of(sigma_to) : sigma_to;
    update.keep = m_config.predict_x0 ? sigma_to / sigma_from : alpha_of(sigma_to) / alpha_of(sigma_from);
    update.newest = weight * phi_1;
    update.residual = weight * scale;
    for (int i = 1; i < order; ++i) {
        update.ratios.push_back((lambda_of(m_sigmas[from - std::size_t(i)]) - lambda_from) / move);
    }
    float phi_k = phi_1 / signed_move - 1.0F;
    int factorial = 1;
    for (int i = 1; i <= order; ++i) {
        update.right.push_back(phi_k * float(factorial) / scale);
        factorial *= i + 1;
        phi_k = phi_k / signed_move - float(1.0 / factorial);
    }
    return update;
}

Tensor UniPc::predict(const Tensor& sample, std::size_t step_index) const
{
    const Tensor& newest = m_outputs.back();
    const float sigma_from = m_sigmas[step_index];
    const float sigma_to = m_sigmas[step_index + 1];
    if (sigma_to == sigma_from) return sample.clone();
    // The limit of the formulas below, which are infinite at zero noise: the predicted clean sample.
    if (sigma_to == 0)
        return m_config.predict_x0 ? newest.clone() : sample.sub(newest.mul(sigma_from)).div_(alpha_of(sigma_from));

    const Update update = prepare_update(step_index, step_index + 1, m_order);
    std::vector<float> weights(update.ratios.size(), 0.5F);
    if (m_order > 2) {
        weights = solve(update.matrix(weights.size()), {update.right.begin(), update.right.end() - 1});
    }
    Tensor moved = sample.mul(update.keep).sub_(newest.mul(update.newest));
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const Tensor difference = m_outputs[m_outputs.size() - 2 - i].sub(newest).div_(update.ratios[i]);
        moved.sub_(difference.mul_(weights[i]).mul_(update.residual));
    }
    return moved;
}

Tensor UniPc::correct(const Tensor& output, std::size_t step_index) const
{
    const Tensor& newest = m_outputs.back();
    const Update update = prepare_update(step_index - 1, step_index, m_order);
    std::vector<float> weights{0.5F};
    if (m_order > 1) weights = solve(update.matrix(update.right.size()), update.right);
    Tensor residual = output.sub(newest).mul_(weights.back());
    for (std::size_t i = 0; i < update.ratios.size(); ++i) {
        residual.add_(m_outputs[m_outputs.size() - 2 - i].sub(newest).div_(update.ratios[i]).mul_(weights[i]));
    }
    return m_last_sample.mul(update.keep).sub_(newest.mul(update.newest)).sub_(residual.mul_(update.residual));
}

Tensor UniPc::step(const Tensor& model_output, std::size_t step_index, const Tensor& sample, const DrawNoise&)
{
    TORCH_CHECK(step_index == m_next_step && step_index < m_timesteps.size(), "UniPC is at step ", m_next_step, ", not at ",
                step_index);
    const Tensor output = converted(model_output, step_index, sample);
    const bool is_corrected = step_index > 0 && !m_config.disable_corrector.contains(std::int64_t(step_index) - 1);
    m_last_sample = is_corrected ? correct(output, step_index) : sample;

    m_outputs.push_back(output);
    if (m_outputs.size() > std::size_t(m_config.solver_order)) m_outputs.pop_front();
    m_order = int(m_outputs.size());
    if (m_config.lower_order_final) m_order = std::min(m_order, int(m_timesteps.size() - step_index));
    ++m_next_step;
    return predict(m_last_sample, step_index);
}

SchedulerState UniPc::save_state() const
{
    SchedulerState state;
    for (std::size_t i = 0; i < m_outputs.size(); ++i) state.tensors["output_" + std::to_string(i)] = m_outputs[i];
    if (m_last_sample.defined()) state.tensors["last_sample"] = m_last_sample;
    state.numbers = {{"next_step", std::int64_t(m_next_step)}, {"order", m_order}};
    return state;
}

Result<void> UniPc::restore(const SchedulerState& state)
{
    const auto next_step = state.numbers.find("next_step");
    const auto order = state.numbers.find("order");
    if (next_step == state.numbers.end() || order == state.numbers.end()) {
        return fail(ErrorCode::BadInput, "The saved scheduler state has no 'next_step' or no 'order'");
    }
    const auto done = next_step->second;
    if (done < 0 || done > std::int64_t(m_timesteps.size())) {
        return fail(ErrorCode::BadInput, "The saved scheduler state is after step {}, but the run has {}", done,
                    m_timesteps.size());
    }
    std::deque<Tensor> outputs;
    for (std::int64_t i = 0; i < std::min<std::int64_t>(done, m_config.solver_order); ++i) {
        const auto found = state.tensors.find("output_" + std::to_string(i));
        if (found == state.tensors.end()) return fail(ErrorCode::BadInput, "The saved scheduler state has no 'output_{}'", i);
        outputs.push_back(found->second);
    }
    const auto last_sample = state.tensors.find("last_sample");
    if (done > 0 && (last_sample == state.tensors.end() || order->second < 1 || order->second > std::int64_t(outputs.size()))) {
        return fail(ErrorCode::BadInput, "The saved scheduler state has no 'last_sample', or its order {} is not from 1 to {}",
                    order->second, outputs.size());
    }
    m_outputs = std::move(outputs);
    m_last_sample = done > 0 ? last_sample->second : Tensor();
    m_order = int(order->second);
    m_next_step = std::size_t(done);
    return {};
}

}  // namespace headroom::sampling
