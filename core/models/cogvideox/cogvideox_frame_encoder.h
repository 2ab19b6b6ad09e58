#pragma once

#include <memory>
#include <optional>

#include "core/files/weight_index.h"
#include "core/memory/weight_source.h"
#include "core/models/cogvideox/vae_encoding.h"
#include "core/models/video_model.h"

namespace headroom::models::cogvideox {

/// The VAE's encoder with its weights at hand.
class CogVideoXFrameEncoder final : public FrameEncoder {
public:
    /// size: its frames are those that will come. index may be nullptr in a dry run. Errors: Usage for a size or a plan that
    /// can't be encoded.
    static Result<std::unique_ptr<FrameEncoder>> create(const VaeConfig& config, const files::WeightIndex* index,
                                                        const ClipSize& size, int batch, const VaePlan& how,
                                                        const StageContext& context);

    Result<void> push(const Tensor& frames) override { return m_encoding->push(frames); }
    /// [batch, latent frames, channels, height, width], the family's layout.
    Result<Tensor> finish() override;

private:
    CogVideoXFrameEncoder(const VaeConfig& config, const files::WeightIndex* index, const StageContext& context);

    VaeEncoder m_encoder;
    std::unique_ptr<memory::WeightSource> m_weights;
    std::optional<VaeEncoding> m_encoding;
};

}  // namespace headroom::models::cogvideox
