#include "ui/models/pin_choices.h"

#include <QCoreApplication>

#include "ui/models/plan_text.h"

namespace headroom::ui {

namespace {

using memory::Residency;

const StagePlan* find(const Plan& plan, Stage stage)
{
    for (const StagePlan& each : plan.stages) {
        if (each.stage == stage) return &each;
    }
    return nullptr;
}

/// The class exists for its name: the context that translators see.
class PinChoices {
    Q_DECLARE_TR_FUNCTIONS(PinChoices)

public:
    static PinnableDecision textEncoder()
    {
        PinnableDecision decision{"chipText",
                                  tr("Text encoder"),
                                  tr("Where the text encoder's weights are: kept loaded for the whole run, loaded for its stage, "
                                     "streamed, or on the CPU"),
                                  [](const Plan& plan) {
                                      const StagePlan* stage = find(plan, Stage::EncodeText);
                                      return stage ? residencyText(stage->weights) : QString();
                                  },
                                  [](const Pins& pins) { return pins.text_residency.has_value(); },
                                  [](Pins& pins) { pins.text_residency.reset(); },
                                  {},
                                  {}};
        for (const Residency residency :
             {Residency::WholeRun, Residency::WhileStageRuns, Residency::Streamed, Residency::OnHost}) {
            decision.choices.push_back(
                {residencyText({residency, 0, 2}), [residency](Pins& pins) { pins.text_residency = residency; }});
        }
        return decision;
    }

    static PinnableDecision denoiser()
    {
        PinnableDecision decision{
            "chipDenoiser",
            tr("Transformer"),
            tr("Blocks of weights that stay cost memory; those that are streamed cost time, the less the longer the clip"),
            [](const Plan& plan) {
                const StagePlan* stage = find(plan, Stage::Denoise);
                return stage ? residencyText(stage->weights) : QString();
            },
            [](const Pins& pins) { return pins.denoiser_residency.has_value() || pins.resident_blocks.has_value(); },
            [](Pins& pins) {
                pins.denoiser_residency.reset();
                pins.resident_blocks.reset();
            },
            {},
            {}};
        for (const Residency residency : {Residency::WholeRun, Residency::WhileStageRuns}) {
            decision.choices.push_back({residencyText({residency, 0, 2}), [residency](Pins& pins) {
                                            pins.denoiser_residency = residency;
                                            pins.resident_blocks.reset();
                                        }});
        }
        for (const int blocks : {0, 5, 10, 15, 20, 25, 30, 35}) {
            decision.choices.push_back({residencyText({Residency::Streamed, blocks, 2}), [blocks](Pins& pins) {
                                            pins.denoiser_residency = Residency::Streamed;
                                            pins.resident_blocks = blocks;
                                        }});
        }
        return decision;
    }

    static PinnableDecision guidance()
    {
        PinnableDecision decision{
            "chipGuidance",
            tr("Guidance"),
            tr("The passes with and without the prompt: together they are a little faster and need more memory"),
            [](const Plan& plan) {
                const StagePlan* stage = find(plan, Stage::Denoise);
                return stage ? guidanceText(stage->denoise.guidance) : QString();
            },
            [](const Pins& pins) { return pins.guidance.has_value(); },
            [](Pins& pins) { pins.guidance.reset(); },
            {},
            {}};
        for (const GuidanceOrder order : {GuidanceOrder::Sequential, GuidanceOrder::Interleaved, GuidanceOrder::Batched}) {
            decision.choices.push_back({guidanceText(order), [order](Pins& pins) { pins.guidance = order; }});
        }
        return decision;
    }

    static PinnableDecision tokenRows()
    {
        PinnableDecision decision{"chipTokens",
                                  tr("Token rows"),
                                  tr("How many tokens pass projections and feed-forwards at a time"),
                                  [](const Plan& plan) {
                                      const StagePlan* stage = find(plan, Stage::Denoise);
                                      if (!stage) return QString();
                                      return stage->denoise.token_rows > 0 ? QString::number(stage->denoise.token_rows)
                                                                           : tr("default");
                                  },
                                  [](const Pins& pins) { return pins.token_rows.has_value(); },
                                  [](Pins& pins) { pins.token_rows.reset(); },
                                  [](const Plan& plan) { return plan.of(Stage::Denoise).denoise.token_rows == 0; },
                                  {}};
        for (const std::int64_t rows : {512, 1024, 2048, 4096, 8192, 16384}) {
            decision.choices.push_back({QString::number(rows), [rows](Pins& pins) { pins.token_rows = rows; }});
        }
        return decision;
    }

    static PinnableDecision headGroups()
    {
        PinnableDecision decision{"chipHeads",
                                  tr("Heads"),
                                  tr("In how many groups self-attention does its heads"),
                                  [](const Plan& plan) {
                                      const StagePlan* stage = find(plan, Stage::Denoise);
                                      return stage ? headsText(stage->denoise.head_groups) : QString();
                                  },
                                  [](const Pins& pins) { return pins.head_groups.has_value(); },
                                  [](Pins& pins) { pins.head_groups.reset(); },
                                  [](const Plan& plan) { return plan.of(Stage::Denoise).denoise.head_groups == 1; },
                                  {}};
        for (const int groups : {1, 2, 4}) {
            decision.choices.push_back({headsText(groups), [groups](Pins& pins) { pins.head_groups = groups; }});
        }
        return decision;
    }

    static PinnableDecision vae()
    {
        PinnableDecision decision{
            "chipVae",
            tr("VAE"),
            tr("Strips equal whole frames and need less memory; tiles need the least and change pixels (≈)"),
            [](const Plan& plan) {
                const StagePlan* stage = find(plan, Stage::Decode);
                return stage ? vaeText(stage->vae) : QString();
            },
            [](const Pins& pins) { return pins.vae || pins.strips || pins.tiles; },
            [](Pins& pins) { setVae(pins, std::nullopt, std::nullopt, std::nullopt); },
            {},
            {}};
        decision.choices.push_back({vaeText({}), [](Pins& pins) { setVae(pins, VaeMethod::Whole, std::nullopt, std::nullopt); }});
        for (const int strips : {2, 3, 4, 6, 8}) {
            VaePlan plan;
            plan.method = VaeMethod::Strips;
            plan.strips = strips;
            decision.choices.push_back(
                {vaeText(plan), [strips](Pins& pins) { setVae(pins, VaeMethod::Strips, strips, std::nullopt); }});
        }
        for (const int side : {192, 256, 384}) {
            VaePlan plan;
            plan.method = VaeMethod::Tiles;
            plan.tiles = {side, side, side * 3 / 4, side * 3 / 4};
            decision.choices.push_back(
                {vaeText(plan), [tiles = plan.tiles](Pins& pins) { setVae(pins, VaeMethod::Tiles, std::nullopt, tiles); }});
        }
        return decision;
    }

    static PinnableDecision cache()
    {
        PinnableDecision decision{"chipCache",
                                  tr("VAE cache"),
                                  tr("Where the VAE keeps what it remembers of the frames before"),
                                  [](const Plan& plan) {
                                      const StagePlan* stage = find(plan, Stage::Decode);
                                      return stage && plan.device != "cpu" ? placeText(stage->vae.cache) : QString();
                                  },
                                  [](const Pins& pins) { return pins.cache.has_value(); },
                                  [](Pins& pins) { pins.cache.reset(); },
                                  [](const Plan& plan) { return plan.of(Stage::Decode).vae.cache == CachePlace::Device; },
                                  {}};
        for (const CachePlace place : {CachePlace::Device, CachePlace::Host}) {
            decision.choices.push_back({placeText(place), [place](Pins& pins) { pins.cache = place; }});
        }
        return decision;
    }

    static PinnableDecision latentsPerChunk()
    {
        PinnableDecision decision{"chipChunk",
                                  tr("VAE chunk"),
                                  tr("How many latent frames are decoded at once"),
                                  [](const Plan& plan) {
                                      const StagePlan* stage = find(plan, Stage::Decode);
                                      return stage ? chunkText(stage->vae.latents_per_chunk) : QString();
                                  },
                                  [](const Pins& pins) { return pins.latents_per_chunk.has_value(); },
                                  [](Pins& pins) { pins.latents_per_chunk.reset(); },
                                  [](const Plan& plan) { return plan.of(Stage::Decode).vae.latents_per_chunk == 1; },
                                  {}};
        for (const int latents : {1, 2}) {
            decision.choices.push_back({chunkText(latents), [latents](Pins& pins) { pins.latents_per_chunk = latents; }});
        }
        return decision;
    }

private:
    static void setVae(Pins& pins, std::optional<VaeMethod> method, std::optional<int> strips, std::optional<TileGeometry> tiles)
    {
        pins.vae = method;
        pins.strips = strips;
        pins.tiles = tiles;
    }

    static QString headsText(int groups) { return groups > 1 ? tr("in %1 groups").arg(groups) : tr("at once"); }
    static QString chunkText(int latents) { return latents > 1 ? tr("%1 latents").arg(latents) : tr("1 latent"); }
    static QString placeText(CachePlace place) { return place == CachePlace::Device ? tr("on the device") : tr("on the host"); }
};

}  // namespace

std::vector<PinnableDecision> pinnableDecisions()
{
    return {PinChoices::textEncoder(), PinChoices::denoiser(), PinChoices::guidance(), PinChoices::tokenRows(),
            PinChoices::headGroups(),  PinChoices::vae(),      PinChoices::cache(),    PinChoices::latentsPerChunk()};
}

bool hasPins(const Pins& pins)
{
    return pins.denoiser_residency || pins.resident_blocks || pins.text_residency || pins.guidance || pins.token_rows ||
           pins.head_groups || pins.vae || pins.strips || pins.tiles || pins.cache || pins.slicing || pins.latents_per_chunk;
}

}  // namespace headroom::ui
