#include "core/models/hunyuan_video/hunyuan_frame_decoder.h"

#include <utility>

namespace headroom::models::hunyuan_video {

HunyuanFrameDecoder::HunyuanFrameDecoder(const VaeConfig& config, const files::WeightIndex* index, const StageContext& context)
    : m_decoder(config), m_weights(context.sources->open(index, m_decoder.blocks()))
{
}

Result<std::unique_ptr<FrameDecoder>> HunyuanFrameDecoder::create(const VaeConfig& config, const files::WeightIndex* index,
                                                                  const Tensor& latents, const VaePlan& how,
                                                                  const StageContext& context)
{
    if (how.slicing == Slicing::On && latents.dim() > 0 && latents.size(0) > 1) {
        return fail(ErrorCode::Usage, "{} items were given to a decoder that takes them one at a time: turn slicing off",
                    latents.size(0));
    }
    std::unique_ptr<HunyuanFrameDecoder> decoder(new HunyuanFrameDecoder(config, index, context));
    decoder->m_decoding = TRY(decoder->m_decoder.begin(latents.to(context.device), how, *decoder->m_weights, context.stop));
    return decoder;
}

}  // namespace headroom::models::hunyuan_video
