#pragma once

#include <memory>
#include <optional>

#include "core/files/weight_index.h"
#include "core/memory/weight_source.h"
#include "core/models/cogvideox/vae_decoder.h"
#include "core/models/video_model.h"

namespace headroom::models::cogvideox {

/// The VAE's decoder with its weights at hand.
class CogVideoXFrameDecoder final : public FrameDecoder {
public:
    /// latents: [batch, latent frames, channels, height, width], the family's layout, scaled, without frames that were added for
    /// the transformer's sake alone; all items are decoded together. index may be nullptr in a dry run. Errors: BadInput for
    /// latents of another shape; Usage for a plan that can't be followed, or Slicing::On with several items.
    static Result<std::unique_ptr<FrameDecoder>> create(const VaeConfig& config, const files::WeightIndex* index,
                                                        const Tensor& latents, const VaePlan& how, const StageContext& context);

    /// [batch, 3, frames, height, width].
    Result<std::optional<Tensor>> next() override { return m_decoding->next(); }

private:
    CogVideoXFrameDecoder(const VaeConfig& config, const files::WeightIndex* index, const StageContext& context);

    VaeDecoder m_decoder;
    std::unique_ptr<memory::WeightSource> m_weights;
    std::optional<VaeDecoding> m_decoding;
};

}  // namespace headroom::models::cogvideox
