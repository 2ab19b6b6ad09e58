#include "core/models/wan/wan_denoiser.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>

namespace headroom::models::wan {

namespace {

// Keys and values of the text are kept from step to step where they are too small to matter to any budget.
constexpr std::int64_t kSmallTextKeyBytes = 64 << 20;

TextKeys text_keys(const TransformerConfig& config, at::ScalarType dtype)
{
    const std::int64_t bytes = 2 * config.num_layers * kTextRows * config.inner_dim() * std::int64_t(c10::elementSize(dtype));
    return bytes <= kSmallTextKeyBytes ? TextKeys::Keep : TextKeys::Recompute;
}

std::vector<Tensor> prompts_of(const Conditioning& conditioning)
{
    std::vector<Tensor> prompts;
    for (const char* name : {kPromptEmbeds, kNegativePromptEmbeds}) {
        const auto found = conditioning.find(name);
        if (found != conditioning.end()) prompts.push_back(found->second);
    }
    return prompts;
}

}  // namespace

WanDenoiser::WanDenoiser(const TransformerConfig& config, const files::WeightIndex* index, const Conditioning& conditioning,
                         double guidance, const DenoisePlan& how, const StageContext& context)
    : m_transformer(config, {.token_rows = how.token_rows, .head_groups = how.head_groups}),
      m_weights(context.sources->open(index, m_transformer.blocks())),
      m_guidance(guidance),
      m_order(how.guidance),
      m_stop(context.stop),
      m_text_keys(text_keys(config, context.dtype)),
      m_prompts(prompts_of(conditioning))
{
}

Result<Tensor> WanDenoiser::predict(const Tensor& latents, double timestep)
{
    if (m_contexts.empty()) m_contexts = embed_prompts(latents.size(0));
    const std::vector<Tensor> predicted = TRY(predict_each(latents, timestep));
    const Tensor conditional = predicted.front().to(at::kFloat);
    if (predicted.size() == 1) return conditional;
    const Tensor unconditional = predicted.back().to(at::kFloat);
    return conditional.sub(unconditional).mul_(m_guidance).add_(unconditional);
}

std::vector<TextContext> WanDenoiser::embed_prompts(std::int64_t batch)
{
    std::vector<TextContext> contexts;
    if (m_order != GuidanceOrder::Batched) {
        for (const Tensor& prompt : m_prompts) contexts.push_back(embed(prompt.unsqueeze(0).expand({batch, -1, -1})));
        return contexts;
    }
    std::int64_t most_rows = 0;
    for (const Tensor& prompt : m_prompts) most_rows = std::max(most_rows, prompt.size(0));
    // Rows of zeros are what a prompt is padded with anyway: the shorter prompt gets some of them here.
    std::vector<Tensor> rows;
    for (const Tensor& prompt : m_prompts) {
        rows.push_back(
            at::constant_pad_nd(prompt, {0, 0, 0, most_rows - prompt.size(0)}, 0).unsqueeze(0).expand({batch, -1, -1}));
    }
    contexts.push_back(embed(at::cat(rows)));  // [prompts · batch, most rows, text_dim]
    return contexts;
}

TextContext WanDenoiser::embed(const Tensor& rows)
{
    return m_transformer.embed_text(rows, kTextRows - rows.size(1), *m_weights, m_text_keys);
}

Result<std::vector<Tensor>> WanDenoiser::predict_each(const Tensor& latents, double timestep)
{
    const auto forward = [&](const Tensor& x, std::span<TextContext> prompts) {
        return m_transformer.forward(x, timestep, prompts, *m_weights, m_stop);
    };
    switch (m_order) {
    case GuidanceOrder::Interleaved: return forward(latents, m_contexts);
    case GuidanceOrder::Batched: {
        const std::vector<Tensor> copies(m_prompts.size(), latents);
        return TRY(forward(at::cat(copies), m_contexts)).front().chunk(std::int64_t(m_prompts.size()));
    }
    case GuidanceOrder::Sequential: break;
    }
    std::vector<Tensor> predicted;
    for (TextContext& context : m_contexts) predicted.push_back(TRY(forward(latents, {&context, 1})).front());
    return predicted;
}

}  // namespace headroom::models::wan
