#include "core/engine/adaptive_plan.h"

#include <algorithm>

#include "core/base/byte_size.h"
#include "core/engine/guarded.h"

namespace headroom {

Result<void> AdaptivePlan::run(Stage stage, const std::string& component, const std::function<Result<void>()>& action)
{
    const StagePlan& planned = m_plan.of(stage, component);
    if (tensor_bytes(planned) > 0) TRY(m_wall.come_closer(planned.predicted_peak_bytes));
    while (true) {
        const auto done = guarded(action);
        if (done || done.error().code != ErrorCode::OutOfMemory) return done;
        m_devices.release_cached(m_device);
        if (!TRY(m_wall.step_back())) TRY(take_cheaper(stage, component, done.error()));
    }
}

Result<void> AdaptivePlan::take_cheaper(Stage stage, const std::string& component, const Error& refusal)
{
    const auto current = std::ranges::find_if(
        m_plan.stages, [&](const StagePlan& each) { return each.stage == stage && each.component == component; });
    if (current == m_plan.stages.end() || !m_cheaper) return tl::unexpected(refusal);
    const auto cheaper = TRY(m_cheaper(*current));
    if (!cheaper) {
        return fail(ErrorCode::OutOfMemory, "{}. The stage {} was forecast to need {} and there is no way that needs less",
                    refusal.message, stage_name(stage), format_byte_size(current->predicted_peak_bytes));
    }
    m_listener.noticed(fmt::format("Memory ran out although {} was planned: going on with {} {}",
                                   format_byte_size(current->predicted_peak_bytes),
                                   format_byte_size(cheaper->predicted_peak_bytes), cheaper->exact ? "" : "(≈ pixels change)"));
    const Prefetch prefetch = current->prefetch;
    *current = *cheaper;
    current->prefetch = prefetch;
    return {};
}

}  // namespace headroom
