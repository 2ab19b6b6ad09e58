#include "core/engine/plan_json.h"

#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace headroom {

const char* compute_dtype_name(ComputeDtype dtype)
{
    switch (dtype) {
    case ComputeDtype::Auto: return "auto";
    case ComputeDtype::Float32: return "fp32";
    case ComputeDtype::BFloat16: return "bf16";
    case ComputeDtype::Float16: return "fp16";
    }
    return "unknown";
}

const char* residency_name(memory::Residency residency)
{
    switch (residency) {
    case memory::Residency::WholeRun: return "whole_run";
    case memory::Residency::WhileStageRuns: return "while_stage_runs";
    case memory::Residency::Streamed: return "streamed";
    case memory::Residency::OnHost: return "on_host";
    case memory::Residency::NotLoaded: return "not_loaded";
    }
    return "unknown";
}

const char* guidance_name(GuidanceOrder order)
{
    switch (order) {
    case GuidanceOrder::Sequential: return "sequential";
    case GuidanceOrder::Interleaved: return "interleaved";
    case GuidanceOrder::Batched: return "batched";
    }
    return "unknown";
}

std::string vae_method_text(const VaePlan& vae)
{
    const TileGeometry& tiles = vae.tiles;
    switch (vae.method) {
    case VaeMethod::Whole: return "whole";
    case VaeMethod::Strips: return fmt::format("strips:{}", vae.strips);
    case VaeMethod::Tiles:
        return fmt::format("tiles:{}x{}+{}x{}", tiles.tile_width, tiles.tile_height, tiles.stride_width, tiles.stride_height);
    }
    return "unknown";
}

const char* memory_kind_name(MemoryKind kind)
{
    switch (kind) {
    case MemoryKind::Weights: return "weights";
    case MemoryKind::StreamedWindow: return "streamed_window";
    case MemoryKind::Activations: return "activations";
    case MemoryKind::Cache: return "cache";
    case MemoryKind::Workspace: return "workspace";
    case MemoryKind::Context: return "context";
    }
    return "unknown";
}

nlohmann::ordered_json plan_stages_json(const Plan& plan)
{
    nlohmann::ordered_json stages = nlohmann::ordered_json::array();
    for (const StagePlan& stage : plan.stages) {
        const bool streamed = stage.weights.residency == memory::Residency::Streamed;
        nlohmann::ordered_json entry = {
            {"stage", stage_name(stage.stage)},
            {"component", stage.component},
            {"strategy", residency_name(stage.weights.residency)},
            {"resident_blocks", streamed ? nlohmann::ordered_json(stage.weights.resident_blocks) : "all"}};
        if (streamed) entry["slots"] = stage.weights.slots;
        if (stage.stage == Stage::Denoise) {
            entry["guidance"] = guidance_name(stage.denoise.guidance);
            entry["token_rows"] = stage.denoise.token_rows;
            entry["head_groups"] = stage.denoise.head_groups;
        } else if (stage.stage != Stage::EncodeText) {
            entry["tiling"] = vae_method_text(stage.vae);
            entry["feature_cache"] = stage.vae.cache == CachePlace::Device ? "device" : "host";
            entry["latents_per_chunk"] = stage.vae.latents_per_chunk;
            entry["slicing"] = stage.vae.slicing == Slicing::On;
        }
        if (stage.weights.residency == memory::Residency::WholeRun) entry["kept_before"] = stage.kept_before;
        if (stage.prefetch != Prefetch::None) entry["fetched_ahead"] = stage.prefetch == Prefetch::Ahead;
        entry["exact"] = stage.exact;
        entry["predicted_peak_bytes"] = stage.predicted_peak_bytes;
        entry["predicted_seconds"] = stage.predicted_seconds;
        if (!stage.parts.empty()) {
            nlohmann::ordered_json parts;
            for (const MemoryPart& part : stage.parts) parts[memory_kind_name(part.kind)] = part.size_bytes;
            entry["memory_bytes"] = std::move(parts);
        }
        stages.push_back(std::move(entry));
    }
    return stages;
}

}  // namespace headroom
