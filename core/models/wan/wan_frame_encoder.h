#pragma once

#include <memory>
#include <optional>

#include "core/files/weight_index.h"
#include "core/memory/weight_source.h"
#include "core/models/video_model.h"
#include "core/models/wan/vae_encoding.h"

namespace headroom::models::wan {

/// The VAE's encoder with its weights at hand.
class WanFrameEncoder final : public FrameEncoder {
public:
    /// Errors: Usage for a size or a plan that can't be encoded.
    static Result<std::unique_ptr<FrameEncoder>> create(const VaeConfig& config, const files::WeightIndex* index,
                                                        const ClipSize& size, int batch, const VaePlan& how,
                                                        const StageContext& context);

    Result<void> push(const Tensor& frames) override { return m_encoding->push(frames); }
    Result<Tensor> finish() override { return m_encoding->finish(); }

private:
    WanFrameEncoder(const VaeConfig& config, const files::WeightIndex* index, const StageContext& context);

    VaeEncoder m_encoder;
    std::unique_ptr<memory::WeightSource> m_weights;
    std::optional<VaeEncoding> m_encoding;
};

}  // namespace headroom::models::wan
