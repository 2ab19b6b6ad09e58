#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/engine/plan.h"

namespace headroom {

/// "auto", "fp32", "bf16" or "fp16".
const char* compute_dtype_name(ComputeDtype dtype);

/// "while_stage_runs".
const char* residency_name(memory::Residency residency);

/// The stages of a plan as reports and `plan --json` show them.
nlohmann::ordered_json plan_stages_json(const Plan& plan);

}  // namespace headroom
