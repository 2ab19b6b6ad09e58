#include "core/models/wan/wan_stages.h"

#include <utility>

namespace headroom::models::wan {

namespace {

// Keys and values of the text are kept from step to step where they are too small to matter to any budget.
constexpr std::int64_t kSmallTextKeyBytes = 64 << 20;

std::int64_t text_key_bytes(const TransformerConfig& config, at::ScalarType dtype)
{
    return 2 * config.num_layers * kTextRows * config.inner_dim() * std::int64_t(c10::elementSize(dtype));
}

Tensor embeds_or_undefined(const Conditioning& conditioning, const char* name)
{
    const auto found = conditioning.find(name);
    return found == conditioning.end() ? Tensor() : found->second;
}

}  // namespace

WanDenoiser::WanDenoiser(const TransformerConfig& config, const files::WeightIndex* index, const Conditioning& conditioning,
                         double guidance, const StageContext& context)
    : m_transformer(config),
      m_weights(context.sources->open(index, m_transformer.blocks())),
      m_guidance(guidance),
      m_stop(context.stop),
      m_text_keys(text_key_bytes(config, context.dtype) <= kSmallTextKeyBytes ? TextKeys::Keep : TextKeys::Recompute),
      m_prompt_embeds(embeds_or_undefined(conditioning, kPromptEmbeds)),
      m_negative_prompt_embeds(embeds_or_undefined(conditioning, kNegativePromptEmbeds))
{
}

TextContext WanDenoiser::embed(const Tensor& prompt_embeds, std::int64_t batch)
{
    const Tensor rows = prompt_embeds.unsqueeze(0).expand({batch, -1, -1});  // [batch, text rows, text_dim]
    return m_transformer.embed_text(rows, kTextRows - rows.size(1), *m_weights, m_text_keys);
}

Result<Tensor> WanDenoiser::predict(const Tensor& latents, double timestep)
{
    if (!m_context) m_context = embed(m_prompt_embeds, latents.size(0));
    const Tensor conditional = TRY(m_transformer.forward(latents, timestep, *m_context, *m_weights, m_stop)).to(at::kFloat);
    if (!m_negative_prompt_embeds.defined()) return conditional;

    if (!m_negative_context) m_negative_context = embed(m_negative_prompt_embeds, latents.size(0));
    const Tensor unconditional = TRY(m_transformer.forward(latents, timestep, *m_negative_context, *m_weights, m_stop)).to(at::kFloat);
    return conditional.sub(unconditional).mul_(m_guidance).add_(unconditional);
}

WanFrameDecoder::WanFrameDecoder(const VaeConfig& config, const files::WeightIndex* index, const StageContext& context)
    : m_decoder(config), m_weights(context.sources->open(index, m_decoder.blocks()))
{
}

Result<std::unique_ptr<FrameDecoder>> WanFrameDecoder::create(const VaeConfig& config, const files::WeightIndex* index,
                                                              const Tensor& latents, const VaePlan& how, const StageContext& context)
{
    std::unique_ptr<WanFrameDecoder> decoder(new WanFrameDecoder(config, index, context));
    decoder->m_decoding = TRY(decoder->m_decoder.begin(latents.to(context.device), how.latents_per_chunk, *decoder->m_weights, context.stop));
    return decoder;
}

}  // namespace headroom::models::wan
