#include "core/models/wan/wan_frame_decoder.h"

#include <utility>

namespace headroom::models::wan {

WanFrameDecoder::WanFrameDecoder(const VaeConfig& config, const files::WeightIndex* index, const StageContext& context)
    : m_decoder(config), m_weights(context.sources->open(index, m_decoder.blocks()))
{
}

Result<std::unique_ptr<FrameDecoder>> WanFrameDecoder::create(const VaeConfig& config, const files::WeightIndex* index,
                                                              const Tensor& latents, const VaePlan& how,
                                                              const StageContext& context)
{
    if (how.slicing == Slicing::On && latents.dim() > 0 && latents.size(0) > 1) {
        return fail(ErrorCode::Usage, "{} items were given to a decoder that takes them one at a time: turn slicing off",
                    latents.size(0));
    }
    std::unique_ptr<WanFrameDecoder> decoder(new WanFrameDecoder(config, index, context));
    decoder->m_decoding = TRY(decoder->m_decoder.begin(latents.to(context.device), how, *decoder->m_weights, context.stop));
    return decoder;
}

}  // namespace headroom::models::wan
