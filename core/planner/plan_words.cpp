#include "core/planner/plan_words.h"

#include <fmt/format.h>

namespace headroom {

namespace {

std::string weight_words(const StagePlan& stage)
{
    const int resident = stage.weights.resident_blocks;
    switch (stage.weights.residency) {
    case memory::Residency::WholeRun: return "stays loaded for the whole run";
    case memory::Residency::WhileStageRuns:
        return stage.blocks > 1 ? fmt::format("keeps all of its {} blocks", stage.blocks) : "keeps all of its weights";
    case memory::Residency::Streamed:
        if (resident == 0)
            return stage.blocks > 0 ? fmt::format("streams all of its {} blocks", stage.blocks) : "streams all of its blocks";
        return stage.blocks > 0 ? fmt::format("keeps {} of its {} blocks and streams the others", resident, stage.blocks)
                                : fmt::format("keeps {} of its blocks and streams the others", resident);
    case memory::Residency::OnHost: return "runs on the CPU";
    case memory::Residency::NotLoaded: return "is not needed";
    }
    return {};
}

std::string denoise_words(const DenoisePlan& how)
{
    std::string text;
    if (how.guidance == GuidanceOrder::Interleaved) text += ", both passes block by block";
    if (how.guidance == GuidanceOrder::Batched) text += ", both passes as a batch";
    if (how.token_rows > 0) text += fmt::format(", in pieces of {} tokens", how.token_rows);
    if (how.head_groups > 1) text += fmt::format(", its heads in {} groups", how.head_groups);
    return text;
}

std::string vae_words(const VaePlan& how)
{
    std::string text = ", in whole frames";
    if (how.method == VaeMethod::Strips) text = fmt::format(", in {} strips", how.strips);
    if (how.method == VaeMethod::Tiles)
        text = fmt::format(", in tiles of {}x{} (≈)", how.tiles.tile_width, how.tiles.tile_height);
    if (how.latents_per_chunk > 1) text += fmt::format(", {} latent frames at a time", how.latents_per_chunk);
    if (how.cache == CachePlace::Host) text += ", its cache in the computer's memory";
    return text;
}

}  // namespace

const char* words_of(Stage stage)
{
    if (stage == Stage::EncodeText) return "text encoder";
    if (stage == Stage::Denoise) return "denoiser";
    return stage == Stage::Decode ? "decoder" : "encoder";
}

std::string way_words(const StagePlan& stage)
{
    std::string text = weight_words(stage);
    if (stage.stage == Stage::EncodeText) return text;
    return text + (stage.stage == Stage::Denoise ? denoise_words(stage.denoise) : vae_words(stage.vae));
}

}  // namespace headroom
