#include "core/models/hunyuan_video/hunyuan_video_denoiser.h"

#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <ATen/ops/cat.h>

namespace headroom::models::hunyuan_video {

namespace {

constexpr double kGuidanceUnit = 1000.0;

double rounded(double number, at::ScalarType dtype)
{
    switch (dtype) {
    case at::kBFloat16: return float(c10::BFloat16(float(number)));
    case at::kHalf: return float(c10::Half(float(number)));
    default: return float(number);
    }
}

std::vector<Prompt> prompts_of(const Conditioning& conditioning, const GuidanceScales& scales, at::ScalarType dtype)
{
    std::vector<Prompt> prompts;
    const auto add = [&](const char* embeds, const char* pooled) {
        const auto of_tokens = conditioning.find(embeds);
        const auto of_whole = conditioning.find(pooled);
        if (of_tokens == conditioning.end() || of_whole == conditioning.end()) return;
        prompts.push_back(
            {.embeds = of_tokens->second.to(dtype).unsqueeze(0), .pooled = of_whole->second.to(dtype).unsqueeze(0)});
    };
    add(kPromptEmbeds, kPooledPromptEmbeds);
    if (scales.classifier_free > 1) add(kNegativePromptEmbeds, kNegativePooledPromptEmbeds);
    return prompts;
}

GuidanceOrder order_for(const std::vector<Prompt>& prompts, GuidanceOrder order)
{
    const bool fits = prompts.size() == 2 && prompts[0].embeds.size(1) == prompts[1].embeds.size(1);
    return order == GuidanceOrder::Batched && !fits ? GuidanceOrder::Interleaved : order;
}

}  // namespace

HunyuanVideoDenoiser::HunyuanVideoDenoiser(const TransformerConfig& config, const files::WeightIndex* index,
                                           const Conditioning& conditioning, const GuidanceScales& scales, const DenoisePlan& how,
                                           const StageContext& context)
    : m_transformer(config, {.token_rows = how.token_rows, .head_groups = how.head_groups}),
      m_weights(context.sources->open(index, m_transformer.blocks())),
      m_dtype(context.dtype),
      m_scales(scales),
      m_stop(context.stop),
      m_prompts(prompts_of(conditioning, scales, context.dtype))
{
    m_order = order_for(m_prompts, how.guidance);
}

Result<Tensor> HunyuanVideoDenoiser::predict(const Tensor& latents, double timestep)
{
    if (m_prompts.empty())
        return fail(ErrorCode::Usage, "There is no prompt: {} and {} are needed", kPromptEmbeds, kPooledPromptEmbeds);
    const double guidance = rounded(rounded(m_scales.embedded, m_dtype) * kGuidanceUnit, m_dtype);
    const std::vector<Tensor> predicted =
        TRY(predict_each(latents, {.timestep = rounded(timestep, m_dtype), .guidance = guidance}));
    const Tensor conditional = predicted.front().to(at::kFloat);
    if (predicted.size() == 1) return conditional;
    const Tensor unconditional = predicted.back().to(at::kFloat);
    return conditional.sub(unconditional).mul_(m_scales.classifier_free).add_(unconditional);
}

Result<std::vector<Tensor>> HunyuanVideoDenoiser::predict_each(const Tensor& latents, const StepNumbers& numbers)
{
    switch (m_order) {
    case GuidanceOrder::Batched: return predict_batched(latents, numbers);
    case GuidanceOrder::Interleaved: return m_transformer.forward(latents, numbers, m_prompts, *m_weights, m_stop);
    case GuidanceOrder::Sequential: break;
    }
    std::vector<Tensor> predicted;
    for (const Prompt& prompt : m_prompts) {
        predicted.push_back(TRY(m_transformer.forward(latents, numbers, {&prompt, 1}, *m_weights, m_stop)).front());
    }
    return predicted;
}

Result<std::vector<Tensor>> HunyuanVideoDenoiser::predict_batched(const Tensor& latents, const StepNumbers& numbers)
{
    std::vector<Tensor> copies, embeds, pooled;
    for (const Prompt& prompt : m_prompts) {
        copies.push_back(latents);
        embeds.push_back(prompt.embeds.expand({latents.size(0), -1, -1}));
        pooled.push_back(prompt.pooled.expand({latents.size(0), -1}));
    }
    const Prompt both{.embeds = at::cat(embeds), .pooled = at::cat(pooled)};  // of prompts · batch items
    const auto predicted = TRY(m_transformer.forward(at::cat(copies), numbers, {&both, 1}, *m_weights, m_stop));
    return predicted.front().chunk(std::int64_t(m_prompts.size()));
}

}  // namespace headroom::models::hunyuan_video
