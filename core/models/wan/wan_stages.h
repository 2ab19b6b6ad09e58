#pragma once

#include <memory>
#include <optional>

#include "core/files/weight_index.h"
#include "core/memory/weight_source.h"
#include "core/models/video_model.h"
#include "core/models/wan/transformer.h"
#include "core/models/wan/vae_decoder.h"
#include "core/text/umt5_encoder.h"

namespace headroom::models::wan {

/// Rows of text that the cross-attention sees, padding included: the pipeline's max_sequence_length.
inline constexpr std::int64_t kTextRows = 512;

/// Names of the prompts in PromptTokens and of their tensors in a Conditioning, each [real tokens, text width]. The pipeline fills them
/// with zero rows up to kTextRows.
inline constexpr const char* kPromptEmbeds = "prompt_embeds";
inline constexpr const char* kNegativePromptEmbeds = "negative_prompt_embeds";

/// The transformer with its weights at hand, and classifier-free guidance as two passes.
class WanDenoiser final : public Denoiser {
public:
    WanDenoiser(const TransformerConfig& config, const files::WeightIndex* index, const Conditioning& conditioning, double guidance,
                const StageContext& context);

    Result<Tensor> predict(const Tensor& latents, double timestep) override;

private:
    TextContext embed(const Tensor& prompt_embeds, std::int64_t batch);

    Transformer m_transformer;
    std::unique_ptr<memory::WeightSource> m_weights;
    double m_guidance;
    std::stop_token m_stop;
    TextKeys m_text_keys;
    Tensor m_prompt_embeds;
    Tensor m_negative_prompt_embeds;  ///< Undefined without guidance.
    std::optional<TextContext> m_context;
    std::optional<TextContext> m_negative_context;
};

/// The VAE's decoder with its weights at hand.
class WanFrameDecoder final : public FrameDecoder {
public:
    static Result<std::unique_ptr<FrameDecoder>> create(const VaeConfig& config, const files::WeightIndex* index, const Tensor& latents,
                                                        const VaePlan& how, const StageContext& context);

    Result<std::optional<Tensor>> next() override { return m_decoding->next(); }

private:
    WanFrameDecoder(const VaeConfig& config, const files::WeightIndex* index, const StageContext& context);

    VaeDecoder m_decoder;
    std::unique_ptr<memory::WeightSource> m_weights;
    std::optional<VaeDecoding> m_decoding;
};

}  // namespace headroom::models::wan
