#include "core/models/hunyuan_video/transformer_embedder.h"

#include <ATen/ops/empty.h>

namespace headroom::models::hunyuan_video {

InputEmbedder::InputEmbedder(const TransformerConfig& config) : m_config(config)
{
    const auto patch = config.patch();
    const std::int64_t dim = config.inner_dim();
    parameters.name = "embedding";
    const nn::Declare declare(parameters);
    const nn::Declare proj = declare.at("x_embedder").at("proj");
    proj(x_embedder.proj.weight, "weight", {dim, config.in_channels, patch[0], patch[1], patch[2]});
    proj(x_embedder.proj.bias, "bias", {dim});
    using Guidance = ConditionEmbedder::Guidance;
    time_text_embed.declare(declare.at("time_text_embed"), config.pooled_projection_dim, dim,
                            config.guidance_embeds ? Guidance::Embedded : Guidance::None);
}

Tensor InputEmbedder::embed_latents(const Tensor& latents, std::int64_t text_tokens, const TokenPieces& pieces) const
{
    const auto& [weight, bias] = x_embedder.proj;
    const auto patch = m_config.patch();
    const auto size = latents.sizes();
    // A convolution whose stride is its kernel is a product over patches.
    const Tensor patches =
        latents.to(weight.value.scalar_type())
            .reshape({size[0], size[1], size[2] / patch[0], patch[0], size[3] / patch[1], patch[1], size[4] / patch[2], patch[2]})
            .permute({0, 2, 4, 6, 1, 3, 5, 7})  // [batch, f, h, w, channels, patch f, patch h, patch w]
            .flatten(4, 7)
            .flatten(1, 3);  // [batch, tokens, patch volume]
    Tensor joint = at::empty({size[0], pieces.tokens() + text_tokens, m_config.inner_dim()}, patches.options());
    pieces.each([&](std::int64_t start, std::int64_t rows) {
        joint.narrow(1, start, rows).copy_(nn::linear(patches.narrow(1, start, rows), weight.value.flatten(1), bias.value));
    });
    return joint;
}

Tensor InputEmbedder::embed_condition(double timestep, double guidance, const Tensor& pooled) const
{
    return time_text_embed.forward(timestep, guidance, pooled.to(x_embedder.proj.weight.value.scalar_type()));
}

}  // namespace headroom::models::hunyuan_video
