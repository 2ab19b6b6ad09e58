#include "core/models/hunyuan_video/transformer_block.h"

namespace headroom::models::hunyuan_video {

namespace {

/// Rows of the modulation, in the checkpoint's order.
enum ModulationRow : std::int64_t {
    kShift,
    kScale,
    kGate,
    kFeedForwardShift,
    kFeedForwardScale,
    kFeedForwardGate,
    kModulationRows
};

}  // namespace

/// A stream's names in the checkpoint.
struct TransformerBlock::Weights::Names {
    const char* norm;
    Projections::Names projections;
    std::vector<const char*> out;
    const char* feed_forward;
};

void TransformerBlock::Weights::declare(const nn::Declare& declare, const TransformerConfig& config, const Names& names)
{
    const std::int64_t dim = config.inner_dim();
    modulation.declare(declare.at(names.norm).at("linear"), dim, kModulationRows * dim);
    projections.declare(declare.at("attn"), config, names.projections);
    nn::Declare below = declare.at("attn");
    for (const char* name : names.out) below = below.at(name);
    out.declare(below, dim, dim);
    feed_forward.declare(declare.at(names.feed_forward), dim, config.mlp_dim(), FeedForward::Activation::Gelu);
}

TransformerBlock::TransformerBlock(const TransformerConfig& config, std::int64_t index) : m_heads(config.num_attention_heads)
{
    parameters.name = fmt::format("transformer_blocks.{}", index);
    const nn::Declare declare(parameters, parameters.name + ".");
    m_image.declare(declare, config, {"norm1", {"to_q", "to_k", "to_v", "norm_q", "norm_k"}, {"to_out", "0"}, "ff"});
    m_text.declare(declare, config,
                   {"norm1_context",
                    {"add_q_proj", "add_k_proj", "add_v_proj", "norm_added_q", "norm_added_k"},
                    {"to_add_out"},
                    "ff_context"});
}

void TransformerBlock::forward(const Tensor& joint, const Tensor& condition, const JointLayout& layout) const
{
    const Tensor of_image = modulation_of(m_image.modulation, condition, kModulationRows);
    const Tensor of_text = modulation_of(m_text.modulation, condition, kModulationRows);
    const auto modulation = [&](const JointPiece& piece) { return piece.stream == Stream::Image ? of_image : of_text; };

    const JointAttention attention{m_image.projections, m_text.projections, layout, m_heads};
    attention.run([&](const JointPiece& piece) { return modulated_norm(piece.of(joint), modulation(piece), kShift, kScale); },
                  [&](const JointPiece& piece, const Tensor& attended) {
                      add_gated(piece.of(joint), of(piece).out.forward(attended.flatten(2)), modulation(piece), kGate);
                  });
    layout.pieces.each([&](const JointPiece& piece) {
        const Tensor part = piece.of(joint);
        const Tensor fed =
            of(piece).feed_forward.forward(modulated_norm(part, modulation(piece), kFeedForwardShift, kFeedForwardScale));
        add_gated(part, fed, modulation(piece), kFeedForwardGate);
    });
}

}  // namespace headroom::models::hunyuan_video
