#include "core/models/hunyuan_video/transformer_layers.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/silu.h>

#include "core/nn/gated_add.h"
#include "core/nn/layer_norm.h"
#include "core/nn/timestep_embedding.h"

namespace headroom::models::hunyuan_video {

namespace {

// Width of the sinusoidal embeddings of timestep and guidance, fixed in the reference.
constexpr std::int64_t kWaveChannels = 256;

Tensor wave(double number, const Tensor& like)
{
    return nn::timestep_embedding(number, kWaveChannels, like.device()).to(like.scalar_type());  // [1, kWaveChannels]
}

}  // namespace

void TwoLinears::declare(const nn::Declare& declare, std::int64_t in_features, std::int64_t features)
{
    linear_1.declare(declare.at("linear_1"), in_features, features);
    linear_2.declare(declare.at("linear_2"), features, features);
}

Tensor TwoLinears::forward(const Tensor& x) const
{
    Tensor inner = linear_1.forward(x);
    at::silu_(inner);
    return linear_2.forward(inner);
}

void ConditionEmbedder::declare(const nn::Declare& declare, std::int64_t text_width, std::int64_t dim, Guidance guidance)
{
    timestep_embedder.declare(declare.at("timestep_embedder"), kWaveChannels, dim);
    text_embedder.declare(declare.at("text_embedder"), text_width, dim);
    if (guidance == Guidance::Embedded) guidance_embedder.declare(declare.at("guidance_embedder"), kWaveChannels, dim);
}

Tensor ConditionEmbedder::forward(double timestep, double guidance, const Tensor& text) const
{
    Tensor sum = timestep_embedder.forward(wave(timestep, text));  // [1, dim]
    if (guidance_embedder.linear_1.weight.value.defined()) sum = sum.add(guidance_embedder.forward(wave(guidance, text)));
    return sum.add(text_embedder.forward(text));  // [items, dim]
}

void FeedForward::declare(const nn::Declare& declare, std::int64_t dim, std::int64_t inner_dim, Activation between)
{
    net._0.proj.declare(declare.at("net").at("0").at("proj"), dim, inner_dim);
    net._2.declare(declare.at("net").at("2"), inner_dim, dim);
    activation = between;
}

Tensor FeedForward::forward(Tensor x) const
{
    Tensor inner = net._0.proj.forward(x);  // [batch, rows, inner_dim]
    x.reset();
    if (activation == Activation::Silu) {
        at::silu_(inner);
    } else {
        at::gelu_(inner, "tanh");
    }
    return net._2.forward(inner);
}

Tensor modulation_of(const nn::Linear& linear, const Tensor& condition, std::int64_t rows)
{
    return linear.forward(at::silu(condition)).to(at::kFloat).unflatten(1, {rows, condition.size(1)});
}

Tensor modulated_norm(const Tensor& x, const Tensor& modulation, std::int64_t shift_row, std::int64_t scale_row)
{
    const Tensor shift = modulation.select(1, shift_row);
    const Tensor scale = modulation.select(1, scale_row).add(1.0);
    if (shift.size(0) == 1) return nn::layer_norm(x, scale[0], shift[0], kEps);
    Tensor normed = at::empty(x.sizes(), x.options());
    for (std::int64_t item = 0; item < x.size(0); ++item) {
        normed[item].copy_(nn::layer_norm(x[item], scale[item], shift[item], kEps));
    }
    return normed;
}

void add_gated(const Tensor& hidden, const Tensor& update, const Tensor& modulation, std::int64_t gate_row)
{
    const Tensor gate = modulation.select(1, gate_row);
    if (gate.size(0) == 1) return nn::gated_add_in_place(hidden, update, gate[0]);
    for (std::int64_t item = 0; item < hidden.size(0); ++item) {
        nn::gated_add_in_place(hidden.narrow(0, item, 1), update.narrow(0, item, 1), gate[item]);
    }
}

}  // namespace headroom::models::hunyuan_video
