#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"
#include "core/sampling/config_keys.h"
#include "core/sampling/unipc.h"

namespace headroom::sampling {

namespace {

constexpr std::int64_t kMostTimesteps = 1'000'000;

Result<UniPcConfig::Prediction> read_prediction(const JsonFields& fields)
{
    const std::string word =
        TRY(fields.word("prediction_type", "epsilon", {"flow_prediction", "epsilon", "sample", "v_prediction"}));
    if (word == "epsilon") return UniPcConfig::Prediction::Epsilon;
    if (word == "sample") return UniPcConfig::Prediction::Sample;
    return word == "v_prediction" ? UniPcConfig::Prediction::Velocity : UniPcConfig::Prediction::Flow;
}

Result<void> read_solver(const JsonFields& fields, UniPcConfig& config)
{
    config.solver_order = int(TRY(fields.integer("solver_order", config.solver_order, 1, 3)));
    config.predict_x0 = TRY(fields.boolean("predict_x0", config.predict_x0));
    config.lower_order_final = TRY(fields.boolean("lower_order_final", config.lower_order_final));
    // The last three are names of other solvers that diffusers reads as bh2.
    const std::string type = TRY(fields.word("solver_type", "bh2", {"bh1", "bh2", "midpoint", "heun", "logrho"}));
    config.solver_type = type == "bh1" ? UniPcConfig::Solver::Bh1 : UniPcConfig::Solver::Bh2;
    const auto uncorrected = TRY(fields.integers("disable_corrector", {}, 0, kMostTimesteps));
    config.disable_corrector = {uncorrected.begin(), uncorrected.end()};
    if (!config.predict_x0 && config.prediction_type == UniPcConfig::Prediction::Flow) {
        return fail(ErrorCode::BadModel, "{} must be true, because 'prediction_type' is flow_prediction",
                    fields.named("predict_x0"));
    }
    return {};
}

}  // namespace

Result<UniPcConfig> parse_unipc_config(const nlohmann::json& document, std::string_view where)
{
    const JsonFields fields(document, where);
    TRY(fields.check_class("UniPCMultistepScheduler"));
    TRY(refuse_switched_on(
        fields, {"use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_dynamic_shifting", "thresholding"}));
    if (fields.has("solver_p")) return fail(ErrorCode::BadModel, "{} is set, which is not supported", fields.named("solver_p"));
    if (!TRY(fields.boolean("use_flow_sigmas", false))) {
        return fail(ErrorCode::BadModel, "{} is false, but only flow-matching models are supported, which set it to true",
                    fields.named("use_flow_sigmas"));
    }
    UniPcConfig config;
    config.prediction_type = TRY(read_prediction(fields));
    TRY(read_solver(fields, config));
    config.num_train_timesteps = TRY(fields.integer("num_train_timesteps", config.num_train_timesteps, 1, kMostTimesteps));
    config.flow_shift = TRY(fields.positive_number("flow_shift", config.flow_shift));
    const std::string final_sigma = TRY(fields.word("final_sigmas_type", "zero", {"zero", "sigma_min"}));
    config.final_sigmas_type = final_sigma == "zero" ? UniPcConfig::FinalSigma::Zero : UniPcConfig::FinalSigma::SigmaMin;
    config.shift_terminal = TRY(read_shift_terminal(fields));
    return config;
}

}  // namespace headroom::sampling
