#pragma once

#include <memory>
#include <vector>

#include "core/engine/plan.h"
#include "core/files/weight_index.h"
#include "core/memory/weight_source.h"
#include "core/models/cogvideox/transformer.h"
#include "core/models/video_model.h"

namespace headroom::models::cogvideox {

/// Names of the prompts in PromptTokens and of their tensors in a Conditioning, each [text rows, text width], padding included.
inline constexpr const char* kPromptEmbeds = "prompt_embeds";
inline constexpr const char* kNegativePromptEmbeds = "negative_prompt_embeds";

/// ExtraSetting: whether the guidance follows the timestep (`use_dynamic_cfg` of the reference).
inline constexpr const char* kDynamicGuidance = "dynamic_guidance";

/// The guidance at a timestep where it is dynamic: 1 + guidance · (1 - cos(π ((steps - timestep) / steps)⁵)) / 2. That the
/// timestep counts to 1000 and the steps don't is the reference's. Source: diffusers 0.42.1, pipeline_cogvideox.py.
double dynamic_guidance(double guidance, double timestep, int steps);

/// The transformer with its weights at hand, and classifier-free guidance in any order. The reference runs both prompts as one
/// batch, the negative one first; one after the other is the same to rounding.
class CogVideoXDenoiser final : public Denoiser {
public:
    /// index: null in a dry run of a model known by its configs. conditioning: guidance happens when it holds a negative prompt.
    CogVideoXDenoiser(const TransformerConfig& config, const files::WeightIndex* index, const Conditioning& conditioning,
                      const DenoiseSettings& settings, const DenoisePlan& how, const StageContext& context);

    Result<Tensor> predict(const Tensor& latents, double timestep) override;

private:
    std::vector<Tensor> batches_of_text(std::int64_t batch) const;
    Result<std::vector<Tensor>> predict_each(const Tensor& latents, double timestep);
    double guidance_at(double timestep) const;

    Transformer m_transformer;
    std::unique_ptr<memory::WeightSource> m_weights;
    DenoiseSettings m_settings;
    GuidanceOrder m_order;
    std::stop_token m_stop;
    std::vector<Tensor> m_prompts;  ///< [text rows, text width]: with guidance the negative one, then the prompt.
};

}  // namespace headroom::models::cogvideox
