#include "core/planner/candidates.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace headroom {

namespace {

constexpr int kRowsOfAStrip = 2;  // of the latents, at least
constexpr std::int64_t kLeastTokenRows = 32;

/// The pinned value alone, or the values to choose from.
template <typename T>
std::vector<T> pinned_or(const std::optional<T>& pin, std::vector<T> choices)
{
    return pin ? std::vector<T>{*pin} : choices;
}

void add_once(std::vector<StagePlan>& rungs, const StagePlan& rung)
{
    const bool known = std::ranges::any_of(
        rungs, [&](const StagePlan& other) { return other.denoise == rung.denoise && other.vae == rung.vae; });
    if (!known) rungs.push_back(rung);
}

/// Smaller pieces, step by step, from the model's own choice on (0, some quarter of the tokens): what the feed-forward needs
/// shrinks with the rows, what attention needs with the groups.
std::vector<DenoisePlan> pieces(const SearchFacts& facts)
{
    struct Pieces {
        std::int64_t count;
        int head_groups;
    };
    std::vector<DenoisePlan> result;
    for (const Pieces step : {Pieces{1, 1}, Pieces{8, 1}, Pieces{16, 2}, Pieces{32, 4}, Pieces{64, 8}, Pieces{128, 8}}) {
        DenoisePlan how;
        if (step.count > 1) how.token_rows = std::int64_t(std::bit_floor(std::uint64_t(facts.tokens / step.count)));
        if (how.token_rows < kLeastTokenRows) how.token_rows = result.empty() ? 0 : result.back().token_rows;
        how.head_groups = step.head_groups;
        while (how.head_groups > 1 && (facts.heads == 0 || facts.heads % how.head_groups != 0)) how.head_groups /= 2;
        how.token_rows = facts.pins.token_rows.value_or(how.token_rows);
        how.head_groups = facts.pins.head_groups.value_or(how.head_groups);
        result.push_back(how);
    }
    return result;
}

std::vector<Ladder> denoise_ladders(const StagePlan& stage, const SearchFacts& facts)
{
    std::vector<GuidanceOrder> orders{GuidanceOrder::Sequential};
    if (facts.passes > 1) orders = pinned_or(facts.pins.guidance, {GuidanceOrder::Sequential, GuidanceOrder::Interleaved});
    std::vector<Ladder> ladders;
    for (const GuidanceOrder order : orders) {
        Ladder ladder;
        ladder.may_need_less = ladders.empty();  // Interleaved holds one hidden state more than Sequential
        for (const DenoisePlan& how : pieces(facts)) {
            StagePlan rung = stage;
            rung.denoise = how;
            rung.denoise.guidance = order;
            add_once(ladder.rungs, rung);
        }
        ladders.push_back(std::move(ladder));
    }
    return ladders;
}

StagePlan with_vae(const StagePlan& stage, const SearchFacts& facts, VaeMethod method, CachePlace cache)
{
    StagePlan rung = stage;
    rung.vae.method = method;
    rung.vae.cache = cache;
    rung.vae.latents_per_chunk = facts.pins.latents_per_chunk.value_or(1);
    rung.vae.slicing = facts.pins.slicing.value_or(Slicing::On);
    rung.exact = method != VaeMethod::Tiles;
    return rung;
}

std::vector<CachePlace> cache_places(const SearchFacts& facts)
{
    if (facts.device_is_host || !facts.vae_has_cache) return {facts.pins.cache.value_or(CachePlace::Device)};
    return pinned_or(facts.pins.cache, {CachePlace::Device, CachePlace::Host});
}

Ladder exact_vae_ladder(const StagePlan& stage, const SearchFacts& facts, CachePlace cache)
{
    const Pins& pins = facts.pins;
    Ladder ladder;
    if (pins.vae.value_or(VaeMethod::Whole) == VaeMethod::Whole && pins.strips.value_or(1) == 1) {
        StagePlan whole = with_vae(stage, facts, VaeMethod::Whole, cache);
        if (cache == CachePlace::Host && !pins.latents_per_chunk && facts.most_latents_per_chunk > 1 && facts.latent_frames > 2) {
            // Two latent frames at a time send the cache to and fro half as often.
            StagePlan pairs = whole;
            pairs.vae.latents_per_chunk = 2;
            ladder.rungs.push_back(pairs);
        }
        ladder.rungs.push_back(whole);
    }
    if (pins.vae == VaeMethod::Whole) return ladder;
    for (const int strips : pinned_or(pins.strips, {2, 3, 4, 6, 8, 12, 16})) {
        const bool thin = facts.latent_height > 0 && strips * kRowsOfAStrip > facts.latent_height;
        if ((thin && !pins.strips && !ladder.rungs.empty()) || (strips == 1 && !pins.vae)) continue;
        StagePlan rung = with_vae(stage, facts, VaeMethod::Strips, cache);
        rung.vae.strips = strips;
        ladder.rungs.push_back(rung);
    }
    return ladder;
}

Ladder tile_ladder(const StagePlan& stage, const SearchFacts& facts, CachePlace cache)
{
    const std::vector<TileGeometry> geometries =
        pinned_or(facts.pins.tiles, {{512, 512, 384, 384}, {256, 256, 192, 192}, {128, 128, 96, 96}});
    Ladder ladder;
    for (const TileGeometry& tiles : geometries) {
        const bool covers = facts.width > 0 && tiles.tile_width >= facts.width && tiles.tile_height >= facts.height;
        const bool wanted = facts.pins.tiles || (facts.pins.vae == VaeMethod::Tiles && tiles == geometries.back());
        if (covers && !wanted) continue;
        StagePlan rung = with_vae(stage, facts, VaeMethod::Tiles, cache);
        rung.vae.tiles = tiles;
        ladder.rungs.push_back(rung);
    }
    return ladder;
}

Ladders vae_ladders(const StagePlan& stage, const SearchFacts& facts)
{
    const Pins& pins = facts.pins;
    const bool tiles = (!pins.vae || pins.vae == VaeMethod::Tiles) && !pins.strips;
    const bool exact = pins.vae != VaeMethod::Tiles && !pins.tiles;
    Ladders ladders;
    const auto add = [](std::vector<Ladder>& to, Ladder ladder) {
        if (!ladder.rungs.empty()) to.push_back(std::move(ladder));
    };
    for (const CachePlace cache : cache_places(facts)) {
        if (exact) add(ladders.exact, exact_vae_ladder(stage, facts, cache));
        if (tiles) add(ladders.approximate, tile_ladder(stage, facts, cache));
    }
    return ladders;
}

}  // namespace

Ladders ladders_of(const StagePlan& stage, const SearchFacts& facts)
{
    if (stage.stage == Stage::EncodeText) return {.exact = {Ladder{.rungs = {stage}}}, .approximate = {}};
    if (stage.stage == Stage::Denoise) return {.exact = denoise_ladders(stage, facts), .approximate = {}};
    return vae_ladders(stage, facts);
}

}  // namespace headroom
