#include "core/models/wan/transformer_embedder.h"

#include <ATen/ops/gelu.h>
#include <ATen/ops/silu.h>

#include "core/nn/timestep_embedding.h"

namespace headroom::models::wan {

void TwoLinears::declare(const nn::Declare& declare, std::int64_t in_features, std::int64_t features)
{
    linear_1.declare(declare.at("linear_1"), in_features, features);
    linear_2.declare(declare.at("linear_2"), features, features);
}

InputEmbedder::InputEmbedder(const TransformerConfig& config) : m_config(config)
{
    const auto& patch = config.patch_size;
    const std::int64_t dim = config.inner_dim();
    parameters.name = "embedding";
    const nn::Declare declare(parameters);
    declare.at("patch_embedding")(patch_embedding.weight, "weight", {dim, config.in_channels, patch[0], patch[1], patch[2]});
    declare.at("patch_embedding")(patch_embedding.bias, "bias", {dim});
    const nn::Declare condition = declare.at("condition_embedder");
    condition_embedder.time_embedder.declare(condition.at("time_embedder").in_float32(), config.freq_dim, dim);
    condition_embedder.time_proj.declare(condition.at("time_proj"), dim, 6 * dim);
}

Tensor InputEmbedder::embed_latents(const Tensor& latents) const
{
    const auto& patch = m_config.patch_size;
    const auto size = latents.sizes();
    // A convolution whose stride is its kernel is a product over patches.
    const Tensor patches =
        latents.to(compute_dtype())
            .reshape({size[0], size[1], size[2] / patch[0], patch[0], size[3] / patch[1], patch[1], size[4] / patch[2], patch[2]})
            .permute({0, 2, 4, 6, 1, 3, 5, 7})  // [batch, f, h, w, channels, patch f, patch h, patch w]
            .flatten(4, 7)
            .flatten(1, 3);  // [batch, tokens, patch volume]
    return nn::linear(patches, patch_embedding.weight.value.flatten(1), patch_embedding.bias.value);
}

TimeEmbedding InputEmbedder::embed_time(double timestep) const
{
    const auto& [time_embedder, time_proj] = condition_embedder;
    const Tensor wave = nn::timestep_embedding(timestep, m_config.freq_dim, patch_embedding.weight.value.device());
    const Tensor wide = time_embedder.linear_2.forward(at::silu(time_embedder.linear_1.forward(wave)));  // [1, dim], float32
    const Tensor time = wide.to(compute_dtype());
    return {.time = time, .modulation = time_proj.forward(at::silu(time)).unflatten(1, {6, m_config.inner_dim()})};
}

TextEmbedder::TextEmbedder(const TransformerConfig& config)
{
    parameters.name = "text_embedding";
    const nn::Declare declare(parameters, "condition_embedder.text_embedder.");
    condition_embedder.text_embedder.declare(declare, config.text_dim, config.inner_dim());
}

Tensor TextEmbedder::forward(const Tensor& rows) const
{
    const TwoLinears& text_embedder = condition_embedder.text_embedder;
    Tensor inner = text_embedder.linear_1.forward(rows.to(text_embedder.linear_1.weight.value.scalar_type()));
    at::gelu_(inner, "tanh");
    return text_embedder.linear_2.forward(inner);  // [batch, rows, dim]
}

}  // namespace headroom::models::wan
