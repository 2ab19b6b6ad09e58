#pragma once

#include <memory>
#include <vector>

#include "core/engine/plan.h"
#include "core/files/weight_index.h"
#include "core/memory/weight_source.h"
#include "core/models/hunyuan_video/transformer.h"
#include "core/models/video_model.h"

namespace headroom::models::hunyuan_video {

/// Names of what the text encoders give, in a Conditioning: of the first [valid tokens, text width], of the second [pooled
/// width].
inline constexpr const char* kPromptEmbeds = "prompt_embeds";
inline constexpr const char* kPooledPromptEmbeds = "pooled_prompt_embeds";
inline constexpr const char* kNegativePromptEmbeds = "negative_prompt_embeds";
inline constexpr const char* kNegativePooledPromptEmbeds = "negative_pooled_prompt_embeds";

/// The two guidances of the model.
struct GuidanceScales {
    double embedded = 6.0;         ///< Told to the model, where it takes one: costs nothing.
    double classifier_free = 1.0;  ///< Above 1 with a negative prompt: a second pass each step (the pipeline's true_cfg_scale).
};

/// The transformer with its weights at hand. What the pipeline rounds to the transformer's dtype is rounded here too where the
/// model sees it: the embedded guidance (in bfloat16, 6 · 1000 is 6016), the timestep (995.1 is 996; the pipeline leaves the
/// first alone, which is 1000 and needs no rounding), and the latents that go in. What float32 only improves stays so: the
/// latents between steps, which the pipeline keeps in the transformer's dtype, and the sum of the two passes. Source: diffusers
/// 0.42.1, pipeline_hunyuan_video.py.
class HunyuanVideoDenoiser final : public Denoiser {
public:
    /// index: null in a dry run of a model known by its configs. conditioning: by the names above; holds the prompt's two, and
    /// the negative prompt's two where classifier-free guidance shall happen. GuidanceOrder::Batched takes both prompts in one
    /// batch where they have as many tokens; a shorter one would have to be masked, so prompts of different lengths go
    /// Interleaved.
    HunyuanVideoDenoiser(const TransformerConfig& config, const files::WeightIndex* index, const Conditioning& conditioning,
                         const GuidanceScales& scales, const DenoisePlan& how, const StageContext& context);

    /// Errors: Cancelled; Usage when latents or prompts don't fit the model.
    Result<Tensor> predict(const Tensor& latents, double timestep) override;

private:
    Result<std::vector<Tensor>> predict_each(const Tensor& latents, const StepNumbers& numbers);
    Result<std::vector<Tensor>> predict_batched(const Tensor& latents, const StepNumbers& numbers);

    Transformer m_transformer;
    std::unique_ptr<memory::WeightSource> m_weights;
    at::ScalarType m_dtype;
    GuidanceScales m_scales;
    GuidanceOrder m_order;
    std::stop_token m_stop;
    std::vector<Prompt> m_prompts;  ///< The prompt, and with classifier-free guidance the negative one; one item each.
};

}  // namespace headroom::models::hunyuan_video
