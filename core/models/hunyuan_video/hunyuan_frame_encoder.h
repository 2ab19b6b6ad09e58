#pragma once

#include <memory>
#include <optional>

#include "core/files/weight_index.h"
#include "core/memory/weight_source.h"
#include "core/models/hunyuan_video/vae_encoding.h"
#include "core/models/video_model.h"

namespace headroom::models::hunyuan_video {

/// What this VAE leaves a plan to choose: tiles of time are always the same, and nothing is cached between them.
VaeTraits vae_traits();

/// The VAE's encoder with its weights at hand.
class HunyuanFrameEncoder final : public FrameEncoder {
public:
    /// Errors: Usage for a size or a plan that can't be encoded.
    static Result<std::unique_ptr<FrameEncoder>> create(const VaeConfig& config, const files::WeightIndex* index,
                                                        const ClipSize& size, int batch, const VaePlan& how,
                                                        const StageContext& context);

    Result<void> push(const Tensor& frames) override { return m_encoding->push(frames); }
    Result<Tensor> finish() override { return m_encoding->finish(); }

private:
    HunyuanFrameEncoder(const VaeConfig& config, const files::WeightIndex* index, const StageContext& context);

    VaeEncoder m_encoder;
    std::unique_ptr<memory::WeightSource> m_weights;
    std::optional<VaeEncoding> m_encoding;
};

}  // namespace headroom::models::hunyuan_video
