#include "core/sampling/scheduler.h"

#include <nlohmann/json.hpp>

#include "core/sampling/cogvideox_schedulers.h"
#include "core/sampling/flow_match_euler.h"
#include "core/sampling/unipc.h"

namespace headroom::sampling {

namespace {

constexpr int kMostSteps = 10'000;

Result<void> check_steps(int steps, double shift_terminal, std::string_view where)
{
    if (steps < 1 || steps > kMostSteps) {
        return fail(ErrorCode::Usage, "{} is not a number of steps; give one from 1 to {}", steps, kMostSteps);
    }
    if (steps < 2 && shift_terminal != 0) {
        return fail(ErrorCode::Usage, "One step is too few: {} sets 'shift_terminal', which needs at least 2", where);
    }
    return {};
}

/// The two schedulers of CogVideoX are made alike.
template <typename CogVideoXScheduler>
Result<std::unique_ptr<Scheduler>> make_cogvideox(const nlohmann::json& config, const std::string& name, int steps,
                                                  std::string_view where)
{
    const SnrScheduleConfig parsed = TRY(parse_snr_schedule_config(config, name, where));
    TRY(check_steps(steps, 0, where));
    if (steps > parsed.num_train_timesteps) {
        return fail(ErrorCode::Usage, "{} steps are too many: the model knows {} timesteps ({}, 'num_train_timesteps')", steps,
                    parsed.num_train_timesteps, where);
    }
    return std::make_unique<CogVideoXScheduler>(parsed, steps);
}

}  // namespace

Result<std::unique_ptr<Scheduler>> make_scheduler(const nlohmann::json& config, int steps, std::string_view where)
{
    const auto found = config.is_object() ? config.find("_class_name") : config.end();
    if (found == config.end() || !found->is_string()) {
        return fail(ErrorCode::BadModel, "{} names no scheduler: its '_class_name' is missing", where);
    }
    const auto& name = found->get_ref<const std::string&>();
    if (name == "UniPCMultistepScheduler") {
        const UniPcConfig parsed = TRY(parse_unipc_config(config, where));
        TRY(check_steps(steps, parsed.shift_terminal, where));
        return std::make_unique<UniPc>(parsed, steps);
    }
    if (name == "FlowMatchEulerDiscreteScheduler") {
        return make_flow_match_euler(config, steps, FlowMatchEulerConfig::Levels::AsTrained, where);
    }
    if (name == "CogVideoXDDIMScheduler") return make_cogvideox<CogVideoXDdim>(config, name, steps, where);
    if (name == "CogVideoXDPMScheduler") return make_cogvideox<CogVideoXDpm>(config, name, steps, where);
    return fail(ErrorCode::BadModel,
                "{}: the scheduler {} is not supported; supported are UniPCMultistepScheduler, FlowMatchEulerDiscreteScheduler, "
                "CogVideoXDDIMScheduler and CogVideoXDPMScheduler",
                where, name);
}

Result<std::unique_ptr<Scheduler>> make_flow_match_euler(const nlohmann::json& config, int steps,
                                                         FlowMatchEulerConfig::Levels levels, std::string_view where)
{
    FlowMatchEulerConfig parsed = TRY(parse_flow_match_euler_config(config, where));
    TRY(check_steps(steps, parsed.shift_terminal, where));
    parsed.levels = levels;
    return std::make_unique<FlowMatchEuler>(parsed, steps);
}

}  // namespace headroom::sampling
