#include "core/models/cogvideox/cogvideox_frame_encoder.h"

#include "core/tensor/dry_run.h"

namespace headroom::models::cogvideox {

CogVideoXFrameEncoder::CogVideoXFrameEncoder(const VaeConfig& config, const files::WeightIndex* index,
                                             const StageContext& context)
    : m_encoder(config), m_weights(context.sources->open(index, m_encoder.blocks()))
{
}

Result<std::unique_ptr<FrameEncoder>> CogVideoXFrameEncoder::create(const VaeConfig& config, const files::WeightIndex* index,
                                                                    const ClipSize& size, int batch, const VaePlan& how,
                                                                    const StageContext& context)
{
    std::unique_ptr<CogVideoXFrameEncoder> encoder(new CogVideoXFrameEncoder(config, index, context));
    const EncodeShape shape{.batch = batch, .frames = size.frames, .height = size.height, .width = size.width};
    const auto options = at::TensorOptions().dtype(context.dtype).device(context.device);
    encoder->m_encoding = TRY(VaeEncoding::begin(encoder->m_encoder, shape, how, options, *encoder->m_weights, context.stop));
    return encoder;
}

Result<Tensor> CogVideoXFrameEncoder::finish()
{
    const Tensor latents = TRY(m_encoding->finish());
    const DryPlacement on_host(DryPlacement::Where::Host);
    return latents.transpose(1, 2).contiguous();  // [batch, latent frames, channels, height, width]
}

}  // namespace headroom::models::cogvideox
