#include "core/models/hunyuan_video/single_transformer_block.h"

#include <utility>

#include <ATen/ops/gelu.h>

#include "core/models/hunyuan_video/transformer_layers.h"
#include "core/tensor/dry_run.h"

namespace headroom::models::hunyuan_video {

namespace {

/// Rows of the modulation, in the checkpoint's order.
enum ModulationRow : std::int64_t { kShift, kScale, kGate, kModulationRows };

/// sum += x weightᵀ. sum: [batch, rows, out], contiguous; x: [batch, rows, in]; weight: [out, in].
void add_product_in_place(const Tensor& sum, const Tensor& x, const Tensor& weight)
{
    const Tensor rows = x.flatten(0, 1);  // [batch · rows, in]
    count_product(double(rows.size(0)), double(weight.size(1)), double(weight.size(0)));
    sum.view({-1, weight.size(0)}).addmm_(rows, weight.t());
}

}  // namespace

SingleTransformerBlock::SingleTransformerBlock(const TransformerConfig& config, std::int64_t index)
    : m_heads(config.num_attention_heads)
{
    const std::int64_t dim = config.inner_dim();
    parameters.name = fmt::format("single_transformer_blocks.{}", index);
    const nn::Declare declare(parameters, parameters.name + ".");
    norm.linear.declare(declare.at("norm").at("linear"), dim, kModulationRows * dim);
    attn.declare(declare.at("attn"), config, {"to_q", "to_k", "to_v", "norm_q", "norm_k"});
    proj_mlp.declare(declare.at("proj_mlp"), dim, config.mlp_dim());
    proj_out.declare(declare.at("proj_out"), dim + config.mlp_dim(), dim);
}

void SingleTransformerBlock::forward(const Tensor& joint, const Tensor& condition, const JointLayout& layout) const
{
    const Tensor modulation = modulation_of(norm.linear, condition, kModulationRows);
    const auto normed = [&](const JointPiece& piece) { return modulated_norm(piece.of(joint), modulation, kShift, kScale); };
    const JointAttention attention{attn, attn, layout, m_heads};
    attention.run(normed, [&](const JointPiece& piece, const Tensor& attended) {
        add_gated(piece.of(joint), joined(normed(piece), attended), modulation, kGate);
    });
}

Tensor SingleTransformerBlock::joined(Tensor x, const Tensor& attended) const
{
    const std::int64_t dim = x.size(2);
    Tensor inner = proj_mlp.forward(x);  // [batch, rows, mlp_dim]
    x.reset();
    at::gelu_(inner, "tanh");
    // The weight's first columns are for what attention found.
    Tensor sum = nn::linear(inner, proj_out.weight.value.narrow(1, dim, inner.size(2)), proj_out.bias.value);
    inner.reset();
    add_product_in_place(sum, attended.flatten(2), proj_out.weight.value.narrow(1, 0, dim));
    return sum;  // [batch, rows, dim]
}

}  // namespace headroom::models::hunyuan_video
