#include "core/models/wan/wan_frame_encoder.h"

namespace headroom::models::wan {

WanFrameEncoder::WanFrameEncoder(const VaeConfig& config, const files::WeightIndex* index, const StageContext& context)
    : m_encoder(config), m_weights(context.sources->open(index, m_encoder.blocks()))
{
}

Result<std::unique_ptr<FrameEncoder>> WanFrameEncoder::create(const VaeConfig& config, const files::WeightIndex* index,
                                                              const ClipSize& size, int batch, const VaePlan& how,
                                                              const StageContext& context)
{
    std::unique_ptr<WanFrameEncoder> encoder(new WanFrameEncoder(config, index, context));
    const EncodeShape shape{.batch = batch, .frames = size.frames, .height = size.height, .width = size.width};
    const auto options = at::TensorOptions().dtype(context.dtype).device(context.device);
    encoder->m_encoding = TRY(VaeEncoding::begin(encoder->m_encoder, shape, how, options, *encoder->m_weights, context.stop));
    return encoder;
}

}  // namespace headroom::models::wan
