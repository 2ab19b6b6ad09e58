#include "core/sampling/scheduler.h"

#include <nlohmann/json.hpp>

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
    return fail(
        ErrorCode::BadModel,
        "{}: the scheduler {} is not supported; supported are UniPCMultistepScheduler and FlowMatchEulerDiscreteScheduler",
        where, name);
}

Result<std::unique_ptr<Scheduler>> make_flow_match_euler(const nlohmann::json& config, int steps, FlowMatchEulerConfig::Levels levels,
                                                         std::string_view where)
{
    FlowMatchEulerConfig parsed = TRY(parse_flow_match_euler_config(config, where));
    TRY(check_steps(steps, parsed.shift_terminal, where));
    parsed.levels = levels;
    return std::make_unique<FlowMatchEuler>(parsed, steps);
}

}  // namespace headroom::sampling
