#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "core/base/byte_size.h"
#include "core/engine/plan_choice.h"

namespace headroom::test {

/// The outlook of a resolved request by made-up arithmetic in the proportions of a 1.3B model, for tests of the window: the demo
/// model on a CPU of 16 GiB that needs some hundred MiB, every other on a card of 24 GiB of which others hold 1.9.
class FakeOutlook {
public:
    explicit FakeOutlook(const GenerateRequest& resolved) : m_request(resolved), m_demo(resolved.model_dir == "/fake/demo")
    {
        m_pixels = double(*resolved.width) * *resolved.height / (m_demo ? 128.0 * 128 : 832.0 * 480);
        m_tokens = m_pixels * *resolved.frames / (m_demo ? 33.0 : 81.0);
    }

    /// Errors: Usage when the pins leave a stage no way.
    Result<PlanOutlook> make() const
    {
        PlanOutlook outlook = TRY(without_remedies());
        const auto add = [&](std::string sentence, int width, int height, int frames, bool approximate) {
            GenerateRequest changed = m_request;
            if (width) changed.width = width;
            if (height) changed.height = height;
            if (frames) changed.frames = frames;
            if (approximate) changed.execution.pins.vae = VaeMethod::Tiles;
            const auto other = FakeOutlook(changed).without_remedies();
            if (!other) return;
            const std::int64_t needs = minimum_budget_bytes(*other);
            if (needs >= minimum_budget_bytes(outlook)) return;
            outlook.remedies.push_back({std::move(sentence), width, height, frames, approximate, needs});
        };
        const int frames = *m_request.frames / 8 * 4 + 1;
        const int width = *m_request.width / 32 * 16;
        const int height = *m_request.height / 32 * 16;
        add(fmt::format("{} frames instead of {}", frames, *m_request.frames), 0, 0, frames, false);
        add(fmt::format("{} × {} instead of {} × {}", width, height, *m_request.width, *m_request.height), width, height, 0,
            false);
        add("allow blended tiles (≈)", 0, 0, 0, true);
        return outlook;
    }

private:
    std::int64_t bytes(double gib) const { return std::int64_t(gib * double(kGiB) / (m_demo ? 40 : 1)); }
    double seconds(double s) const { return m_demo ? s / 30 : s; }

    StagePlan way(Stage stage, const char* component, memory::WeightPlan weights, double weights_gib, double window_gib,
                  double activations_gib, double cache_gib, double s) const
    {
        StagePlan plan = stage_of(stage, component);
        plan.weights = weights;
        plan.predicted_seconds = seconds(s);
        const double fixed = m_demo ? 0 : 1;
        plan.parts = {{MemoryKind::Weights, bytes(weights_gib)},         {MemoryKind::StreamedWindow, bytes(window_gib)},
                      {MemoryKind::Activations, bytes(activations_gib)}, {MemoryKind::Cache, bytes(cache_gib)},
                      {MemoryKind::Workspace, bytes(0.09 * fixed)},      {MemoryKind::Context, bytes(0.45 * fixed)}};
        std::erase_if(plan.parts, [](const MemoryPart& part) { return part.size_bytes == 0; });
        for (const MemoryPart& part : plan.parts) plan.predicted_peak_bytes += part.size_bytes;
        return plan;
    }

    std::vector<StagePlan> text_ways() const
    {
        using enum memory::Residency;
        std::vector<StagePlan> ways;
        ways.push_back(way(Stage::EncodeText, "text_encoder", {Streamed, 0, 2}, 0, 0.8, 0.2, 0, 9));
        ways.push_back(way(Stage::EncodeText, "text_encoder", {WhileStageRuns, 0, 2}, 10.4, 0, 0.2, 0, 4));
        ways.push_back(way(Stage::EncodeText, "text_encoder", {WholeRun, 0, 2}, 10.4, 0, 0.2, 0, 4));
        StagePlan on_host = way(Stage::EncodeText, "text_encoder", {OnHost, 0, 2}, 0, 0, 0, 0, 40);
        on_host.predicted_host_bytes = bytes(11);
        if (!m_demo) ways.push_back(on_host);
        return ways;
    }

    std::vector<StagePlan> denoise_ways() const
    {
        using enum memory::Residency;
        std::vector<StagePlan> ways;
        const double work = 1.9 * *m_request.steps * m_tokens;
        for (const GuidanceOrder order : {GuidanceOrder::Sequential, GuidanceOrder::Interleaved, GuidanceOrder::Batched}) {
            const double activations = m_tokens * (order == GuidanceOrder::Batched ? 2.9 : 1.6);
            const double computing = work * (order == GuidanceOrder::Batched ? 0.96 : 1);
            for (int blocks = 0; blocks < 30; blocks += 5) {
                const double streaming =
                    *m_request.steps * 0.8 * (30 - blocks) / 30 * (order == GuidanceOrder::Sequential ? 1.1 : 0.7);
                StagePlan plan = way(Stage::Denoise, "transformer", {Streamed, blocks, 2}, 2.6 * blocks / 30, 2.6 * 2 / 30,
                                     activations, 0, computing + streaming);
                plan.denoise.guidance = order;
                ways.push_back(plan);
            }
            StagePlan plan = way(Stage::Denoise, "transformer", {WhileStageRuns, 0, 2}, 2.6, 0, activations, 0, computing);
            plan.denoise.guidance = order;
            ways.push_back(plan);
        }
        return ways;
    }

    std::vector<StagePlan> decode_ways() const
    {
        std::vector<StagePlan> ways;
        const memory::WeightPlan weights{memory::Residency::WhileStageRuns, 0, 2};
        const double work = 21 * m_tokens;
        for (const int strips : {6, 4, 2}) {
            StagePlan plan = way(Stage::Decode, "vae", weights, 0.24, 0, m_pixels * (0.5 + 4.6 / strips), m_pixels * 1.1,
                                 work * (1 + 0.06 * strips));
            plan.vae.method = VaeMethod::Strips;
            plan.vae.strips = strips;
            ways.push_back(plan);
        }
        ways.push_back(way(Stage::Decode, "vae", weights, 0.24, 0, m_pixels * 5.1, m_pixels * 1.1, work));
        StagePlan tiles = way(Stage::Decode, "vae", weights, 0.24, 0, std::min(m_pixels, 0.2) * 2, 0.1, work * 1.5);
        tiles.vae.method = VaeMethod::Tiles;
        tiles.exact = false;
        ways.push_back(tiles);
        return ways;
    }

    bool allowed(const StagePlan& way) const
    {
        const Pins& pins = m_request.execution.pins;
        const auto fits = [](const auto& pin, const auto& value) { return !pin || *pin == value; };
        switch (way.stage) {
        case Stage::EncodeText: return fits(pins.text_residency, way.weights.residency);
        case Stage::Denoise:
            return fits(pins.denoiser_residency, way.weights.residency) && fits(pins.guidance, way.denoise.guidance) &&
                   (!pins.resident_blocks || (way.weights.residency == memory::Residency::Streamed &&
                                              way.weights.resident_blocks == *pins.resident_blocks));
        case Stage::Decode: return fits(pins.vae, way.vae.method) && fits(pins.strips, way.vae.strips);
        case Stage::Encode: break;
        }
        return true;
    }

    /// Sorts by peak and drops what is not faster than something smaller.
    static std::vector<StagePlan> worthwhile(std::vector<StagePlan> ways)
    {
        std::ranges::stable_sort(ways, {}, &StagePlan::predicted_peak_bytes);
        std::vector<StagePlan> kept;
        for (const StagePlan& way : ways) {
            if (kept.empty() || way.predicted_seconds < kept.back().predicted_seconds) kept.push_back(way);
        }
        return kept;
    }

    Result<PlanOutlook> without_remedies() const
    {
        PlanOutlook outlook;
        outlook.device = m_demo ? "cpu" : "cuda:0";
        outlook.dtype = m_demo ? ComputeDtype::Float32 : ComputeDtype::BFloat16;
        outlook.device_bytes = (m_demo ? 16 : 24) * kGiB;
        outlook.others_bytes = std::int64_t((m_demo ? 5.0 : 1.9) * double(kGiB));
        outlook.auto_budget_bytes = outlook.device_bytes - outlook.others_bytes - kGiB;
        outlook.host_free_bytes = 29 * kGiB;
        for (std::vector<StagePlan> ways : {text_ways(), denoise_ways(), decode_ways()}) {
            const Stage stage = ways.front().stage;
            std::erase_if(ways, [&](const StagePlan& way) { return !allowed(way); });
            if (ways.empty())
                return fail(ErrorCode::Usage, "The pins of the {} stage contradict each other: unpin one", stage_name(stage));
            StageChoices choices;
            std::ranges::copy_if(ways, std::back_inserter(choices.exact), &StagePlan::exact);
            std::ranges::copy_if(ways, std::back_inserter(choices.approximate), [](const StagePlan& way) { return !way.exact; });
            choices.exact = worthwhile(choices.exact);
            choices.approximate = worthwhile(choices.approximate);
            outlook.stages.push_back(std::move(choices));
        }
        return outlook;
    }

    GenerateRequest m_request;
    bool m_demo;
    double m_pixels = 1;
    double m_tokens = 1;
};

}  // namespace headroom::test
