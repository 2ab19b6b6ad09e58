#include "core/models/cogvideox/cogvideox_denoiser.h"

#include <cmath>
#include <numbers>

#include <ATen/ops/cat.h>

namespace headroom::models::cogvideox {

namespace {

std::vector<Tensor> prompts_of(const Conditioning& conditioning)
{
    std::vector<Tensor> prompts;
    for (const char* name : {kNegativePromptEmbeds, kPromptEmbeds}) {
        const auto found = conditioning.find(name);
        if (found != conditioning.end()) prompts.push_back(found->second);
    }
    return prompts;
}

}  // namespace

double dynamic_guidance(double guidance, double timestep, int steps)
{
    const double fraction = (double(steps) - timestep) / double(steps);
    return 1.0 + guidance * ((1.0 - std::cos(std::numbers::pi * std::pow(fraction, 5.0))) / 2.0);
}

CogVideoXDenoiser::CogVideoXDenoiser(const TransformerConfig& config, const files::WeightIndex* index,
                                     const Conditioning& conditioning, const DenoiseSettings& settings, const DenoisePlan& how,
                                     const StageContext& context)
    : m_transformer(config, {.token_rows = how.token_rows, .head_groups = how.head_groups}),
      m_weights(context.sources->open(index, m_transformer.blocks())),
      m_settings(settings),
      m_order(how.guidance),
      m_stop(context.stop),
      m_prompts(prompts_of(conditioning))
{
}

Result<Tensor> CogVideoXDenoiser::predict(const Tensor& latents, double timestep)
{
    const std::vector<Tensor> predicted = TRY(predict_each(latents, timestep));
    const Tensor conditional = predicted.back().to(at::kFloat);
    if (predicted.size() == 1) return conditional;
    const Tensor unconditional = predicted.front().to(at::kFloat);
    return conditional.sub(unconditional).mul_(guidance_at(timestep)).add_(unconditional);
}

std::vector<Tensor> CogVideoXDenoiser::batches_of_text(std::int64_t batch) const
{
    std::vector<Tensor> prompts;
    for (const Tensor& prompt : m_prompts) prompts.push_back(prompt.unsqueeze(0).expand({batch, -1, -1}));
    return prompts;
}

Result<std::vector<Tensor>> CogVideoXDenoiser::predict_each(const Tensor& latents, double timestep)
{
    const std::vector<Tensor> prompts = batches_of_text(latents.size(0));
    const auto forward = [&](const Tensor& x, std::span<const Tensor> passes) {
        return m_transformer.forward(x, timestep, passes, *m_weights, m_stop);
    };
    switch (m_order) {
    case GuidanceOrder::Interleaved: return forward(latents, prompts);
    case GuidanceOrder::Batched: {
        const std::vector<Tensor> copies(prompts.size(), latents);
        const Tensor together = at::cat(prompts);  // [prompts · batch, text rows, text width]
        return TRY(forward(at::cat(copies), {&together, 1})).front().chunk(std::int64_t(prompts.size()));
    }
    case GuidanceOrder::Sequential: break;
    }
    std::vector<Tensor> predicted;
    for (const Tensor& prompt : prompts) predicted.push_back(TRY(forward(latents, {&prompt, 1})).front());
    return predicted;
}

double CogVideoXDenoiser::guidance_at(double timestep) const
{
    const auto dynamic = m_settings.extra.find(kDynamicGuidance);
    const bool is_dynamic = dynamic != m_settings.extra.end() && dynamic->second != 0;
    return is_dynamic ? dynamic_guidance(m_settings.guidance, timestep, m_settings.steps) : m_settings.guidance;
}

}  // namespace headroom::models::cogvideox
