#include "core/engine/run_environment.h"

#include "core/engine/compute_dtype.h"

namespace headroom {

Result<models::StageContext> stage_context(const Plan& plan, const RunEnvironment& environment)
{
    models::StageContext context;
    context.device = TRY(environment.devices.find(plan.device)).device;
    context.dtype = scalar_type(plan.dtype);
    context.stop = environment.stop;
    return context;
}

memory::PlannedWeightSources weight_sources(const memory::WeightPlan& weights, const models::StageContext& context,
                                            const RunEnvironment& environment)
{
    return memory::PlannedWeightSources(weights, context.device, context.dtype, environment.kept,
                                        environment.devices.copies_to(context.device));
}

}  // namespace headroom
