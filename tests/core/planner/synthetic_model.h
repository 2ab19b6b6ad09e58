#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "core/base/byte_size.h"
#include "core/planner/plan_search.h"

namespace headroom::test {

/// Stands in for dry runs: a model whose numbers follow simple laws with the shape of real ones.
struct SyntheticModel {
    int text_blocks = 24;
    std::int64_t text_block_bytes = 400 * kMiB;
    int denoiser_blocks = 40;
    std::int64_t denoiser_block_bytes = 670 * kMiB;
    std::int64_t tokens = 32760;
    std::int64_t token_bytes = 80 << 10;  ///< Of one token's activations, in whole pieces.
    std::int64_t decoder_bytes = 140 * kMiB;
    std::int64_t frame_bytes = 2000 * kMiB;  ///< Of a whole frame's activations.
    std::int64_t cache_bytes = 1800 * kMiB;
    double loads = 100;  ///< Passes of the denoiser with and without the prompt together.
    double denoise_flops = 1.7e17;

    StageForecast forecast(const StagePlan& way) const
    {
        if (way.stage == Stage::EncodeText) return forecast_of(way, text_blocks, text_block_bytes, 20 * kMiB, 1e13);
        if (way.stage == Stage::Denoise) return forecast_denoiser(way);
        return forecast_decoder(way);
    }

    StageForecast forecast_denoiser(const StagePlan& way) const
    {
        const double rows = way.denoise.token_rows > 0 ? double(way.denoise.token_rows) / double(tokens) : 1;
        const double share =
            0.3 + 0.4 * rows + 0.3 / way.denoise.head_groups + (way.denoise.guidance == GuidanceOrder::Interleaved ? 0.1 : 0);
        StageForecast found = forecast_of(way, denoiser_blocks, denoiser_block_bytes,
                                          std::int64_t(share * double(tokens * token_bytes)), denoise_flops);
        found.block_loads = way.denoise.guidance == GuidanceOrder::Sequential ? loads : loads / 2;
        return found;
    }

    StageForecast forecast_decoder(const StagePlan& way) const
    {
        double share = 1, extra_work = 1;
        if (way.vae.method == VaeMethod::Strips) {
            share = std::max(1.0 / way.vae.strips + 0.05, 0.12);
            extra_work = 1 + 0.02 * way.vae.strips;
        }
        if (way.vae.method == VaeMethod::Tiles) {
            share = double(way.vae.tiles.tile_width) * way.vae.tiles.tile_height / (832.0 * 480.0) / 4;
            extra_work = 1.8;
        }
        const bool on_host = way.vae.cache == CachePlace::Host;
        const auto frame = std::int64_t(share * double(frame_bytes) * way.vae.latents_per_chunk);
        StageForecast found = forecast_of(way, 10, decoder_bytes / 10, frame + (on_host ? 0 : cache_bytes), 0);
        found.work.convolution_flops = 2.75e14 * extra_work;
        found.cache_bytes = on_host ? 0 : cache_bytes;
        found.host_bytes = on_host ? cache_bytes : 0;
        found.block_loads = 21;
        return found;
    }

    static StageForecast forecast_of(const StagePlan& way, int blocks, std::int64_t block_bytes, std::int64_t others,
                                     double flops)
    {
        StageForecast found;
        found.stage = way.stage;
        found.component = way.component;
        found.denoise = way.denoise;
        found.vae = way.vae;
        for (int i = 0; i < blocks; ++i) {
            found.blocks.push_back({"block", block_bytes, block_bytes});
            found.visits.push_back({std::size_t(i), others});
        }
        found.between_peak_bytes = others / 2;
        found.work.product_flops = flops;
        return found;
    }

    static SyntheticModel random(std::mt19937& generator)
    {
        const auto between = [&](double low, double high) {
            return std::uniform_real_distribution<double>(low, high)(generator);
        };
        SyntheticModel model;
        model.text_blocks = int(between(1, 30));
        model.text_block_bytes = std::int64_t(between(1, 400)) * kMiB;
        model.denoiser_blocks = int(between(1, 48));
        model.denoiser_block_bytes = std::int64_t(between(1, 700)) * kMiB;
        model.tokens = std::int64_t(between(100, 80000));
        model.token_bytes = std::int64_t(between(1000, 200000));
        model.decoder_bytes = std::int64_t(between(10, 1500)) * kMiB;
        model.frame_bytes = std::int64_t(between(1, 9000)) * kMiB;
        model.cache_bytes = std::int64_t(between(1, 5000)) * kMiB;
        model.loads = std::floor(between(1, 100)) * 2;
        model.denoise_flops = std::pow(10.0, between(12, 18));
        return model;
    }
};

inline MachineRates card_rates()
{
    return {.product_flops = 20e12,
            .attention_flops = 20e12,
            .convolution_flops = 10e12,
            .memory_bytes = 300e9,
            .upload_bytes = 12e9,
            .disk_bytes = 2e9,
            .upload_drag = 0.05};
}

inline MachineRates cpu_rates()
{
    return {.product_flops = 100e9,
            .attention_flops = 60e9,
            .convolution_flops = 50e9,
            .memory_bytes = 10e9,
            .upload_bytes = 5e9,
            .disk_bytes = 1e9,
            .upload_drag = 0.5};
}

/// Facts of a clip of 81 frames at 832x480 on a card.
inline SearchFacts card_facts()
{
    SearchFacts facts;
    facts.device = "cuda:0";
    facts.device_is_host = false;
    facts.dtype = ComputeDtype::BFloat16;
    facts.device_bytes = 24 * kGiB;
    facts.host_free_bytes = 64 * kGiB;
    facts.passes = 2;
    facts.tokens = 32760;
    facts.heads = 40;
    facts.latent_frames = 21;
    facts.latent_height = 60;
    facts.width = 832;
    facts.height = 480;
    facts.device_rates = card_rates();
    facts.host_rates = cpu_rates();
    return facts;
}

inline std::vector<StagePlan> chain()
{
    return {stage_of(Stage::EncodeText, "text_encoder"), stage_of(Stage::Denoise, "transformer"), stage_of(Stage::Decode, "vae")};
}

inline Forecaster forecaster(const SyntheticModel& model)
{
    return [model](const StagePlan& way) -> Result<StageForecast> { return model.forecast(way); };
}

inline PlanOutlook complete_outlook(const SearchFacts& facts, const SyntheticModel& model)
{
    auto search = PlanSearch::create(facts, chain(), forecaster(model));
    if (!search || !search->complete()) return {};
    return search->outlook();
}

}  // namespace headroom::test
