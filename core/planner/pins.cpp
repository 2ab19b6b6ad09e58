#include "core/planner/pins.h"

namespace headroom {

namespace {

using memory::Residency;

constexpr const char* kUnpin = "leave one of them out";

Result<void> check_denoiser(const SearchFacts& facts)
{
    const Pins& pins = facts.pins;
    if (pins.denoiser_residency == Residency::OnHost || pins.denoiser_residency == Residency::NotLoaded) {
        return fail(ErrorCode::Usage,
                    "The denoiser can't be left off the device: its weights stay for the whole run, while their stage runs, or "
                    "are streamed");
    }
    if (pins.resident_blocks && *pins.resident_blocks < 0) {
        return fail(ErrorCode::Usage, "resident_blocks is pinned to {}: give 0 or more", *pins.resident_blocks);
    }
    if (pins.resident_blocks && pins.denoiser_residency && *pins.denoiser_residency != Residency::Streamed) {
        return fail(ErrorCode::Usage,
                    "resident_blocks is pinned to {}, but the denoiser's weights are pinned to stay as a whole: {}",
                    *pins.resident_blocks, kUnpin);
    }
    if (pins.token_rows && *pins.token_rows < 0) {
        return fail(ErrorCode::Usage, "token_rows is pinned to {}: give a number of tokens, or 0 for the model's choice",
                    *pins.token_rows);
    }
    if (!pins.head_groups) return {};
    if (*pins.head_groups < 1) return fail(ErrorCode::Usage, "head_groups is pinned to {}: give 1 or more", *pins.head_groups);
    if (facts.heads > 0 && facts.heads % *pins.head_groups != 0) {
        return fail(ErrorCode::Usage, "head_groups is pinned to {}, which doesn't divide the {} heads of this model",
                    *pins.head_groups, facts.heads);
    }
    return {};
}

Result<void> check_text(const SearchFacts& facts)
{
    const auto residency = facts.pins.text_residency;
    if (residency == Residency::OnHost && facts.device_is_host) {
        return fail(ErrorCode::Usage, "The text encoder is pinned to the host, but the device is the host ({}): {}", facts.device,
                    kUnpin);
    }
    if (residency == Residency::NotLoaded && facts.cached_encoders.size() < facts.text_encoders) {
        return fail(ErrorCode::Usage,
                    "The text encoder is pinned to stay unloaded, but this prompt's embeddings are not cached yet: leave the pin "
                    "out once");
    }
    return {};
}

Result<void> check_tiles(const TileGeometry& tiles)
{
    if (tiles.tile_width < 1 || tiles.tile_height < 1 || tiles.stride_width < 1 || tiles.stride_height < 1) {
        return fail(ErrorCode::Usage, "Tiles of {}x{} with a stride of {}x{} are no tiles: every number must be above 0",
                    tiles.tile_width, tiles.tile_height, tiles.stride_width, tiles.stride_height);
    }
    if (tiles.stride_width > tiles.tile_width || tiles.stride_height > tiles.tile_height) {
        return fail(ErrorCode::Usage,
                    "Tiles of {}x{} with a stride of {}x{} leave gaps: the stride must not be larger than the tile",
                    tiles.tile_width, tiles.tile_height, tiles.stride_width, tiles.stride_height);
    }
    return {};
}

Result<void> check_vae(const SearchFacts& facts)
{
    const Pins& pins = facts.pins;
    if (pins.strips && *pins.strips < 1) return fail(ErrorCode::Usage, "strips is pinned to {}: give 1 or more", *pins.strips);
    if (pins.latents_per_chunk && (*pins.latents_per_chunk < 1 || *pins.latents_per_chunk > facts.most_latents_per_chunk)) {
        return fail(ErrorCode::Usage, "latents_per_chunk is pinned to {}: give {}", *pins.latents_per_chunk,
                    facts.most_latents_per_chunk > 1 ? "1 or 2" : "1, this model's VAE takes its latents in pieces of one size");
    }
    if (pins.tiles) TRY(check_tiles(*pins.tiles));
    if (pins.strips && pins.tiles) {
        return fail(ErrorCode::Usage, "strips is pinned to {}, but tiles are pinned as well, to {}x{}: {}", *pins.strips,
                    pins.tiles->tile_width, pins.tiles->tile_height, kUnpin);
    }
    const bool bands = pins.strips.value_or(1) > 1;
    if (bands && pins.vae == VaeMethod::Tiles)
        return fail(ErrorCode::Usage, "strips is pinned to {}, but the VAE is pinned to tiles: {}", *pins.strips, kUnpin);
    if (bands && pins.vae == VaeMethod::Whole) {
        return fail(ErrorCode::Usage, "strips is pinned to {}, but the VAE is pinned to whole frames: {}", *pins.strips, kUnpin);
    }
    if (pins.tiles && pins.vae && *pins.vae != VaeMethod::Tiles) {
        return fail(ErrorCode::Usage, "tiles are pinned to {}x{}, but the VAE is pinned to {}: {}", pins.tiles->tile_width,
                    pins.tiles->tile_height, *pins.vae == VaeMethod::Strips ? "strips" : "whole frames", kUnpin);
    }
    return {};
}

}  // namespace

Result<void> check_pins(const SearchFacts& facts)
{
    TRY(check_denoiser(facts));
    TRY(check_text(facts));
    return check_vae(facts);
}

}  // namespace headroom
