#pragma once

#include <memory>
#include <vector>

#include "core/engine/plan.h"
#include "core/files/weight_index.h"
#include "core/memory/weight_source.h"
#include "core/models/video_model.h"
#include "core/models/wan/transformer.h"

namespace headroom::models::wan {

/// Rows of text that the cross-attention sees, padding included: the pipeline's max_sequence_length.
inline constexpr std::int64_t kTextRows = 512;

/// Names of the prompts in PromptTokens and of their tensors in a Conditioning, each [real tokens, text width]. The pipeline
/// fills them with zero rows up to kTextRows.
inline constexpr const char* kPromptEmbeds = "prompt_embeds";
inline constexpr const char* kNegativePromptEmbeds = "negative_prompt_embeds";

/// The transformer with its weights at hand, and classifier-free guidance in any order.
class WanDenoiser final : public Denoiser {
public:
    /// index: null in a dry run of a model known by its configs. conditioning: as WanModel::encode_text made it; guidance happens
    /// when it holds a negative prompt.
    WanDenoiser(const TransformerConfig& config, const files::WeightIndex* index, const Conditioning& conditioning,
                double guidance, const DenoisePlan& how, const StageContext& context);

    Result<Tensor> predict(const Tensor& latents, double timestep) override;

private:
    std::vector<TextContext> embed_prompts(std::int64_t batch);
    TextContext embed(const Tensor& rows);
    Result<std::vector<Tensor>> predict_each(const Tensor& latents, double timestep);

    Transformer m_transformer;
    std::unique_ptr<memory::WeightSource> m_weights;
    double m_guidance;
    GuidanceOrder m_order;
    std::stop_token m_stop;
    TextKeys m_text_keys;
    std::vector<Tensor> m_prompts;        ///< [real tokens, text_dim]: the prompt, and with guidance the negative one.
    std::vector<TextContext> m_contexts;  ///< One a prompt, or one for all when they go as one batch; made at the first step.
};

}  // namespace headroom::models::wan
