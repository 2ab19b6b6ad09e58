#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "core/engine/plan.h"

namespace headroom {

/// "auto", "fp32", "bf16" or "fp16".
const char* compute_dtype_name(ComputeDtype dtype);

/// "while_stage_runs".
const char* residency_name(memory::Residency residency);

/// "sequential", "interleaved" or "batched".
const char* guidance_name(GuidanceOrder order);

/// As `--vae` takes it: "whole", "strips:3", "tiles:256x256+192x192".
std::string vae_method_text(const VaePlan& vae);

/// "weights", "streamed_window", "activations", "cache", "workspace", "context".
const char* memory_kind_name(MemoryKind kind);

/// The stages of a plan as reports and `plan --json` show them.
nlohmann::ordered_json plan_stages_json(const Plan& plan);

}  // namespace headroom
