#include "core/models/cogvideox/cogvideox_frame_decoder.h"

#include <fmt/ranges.h>

namespace headroom::models::cogvideox {

CogVideoXFrameDecoder::CogVideoXFrameDecoder(const VaeConfig& config, const files::WeightIndex* index,
                                             const StageContext& context)
    : m_decoder(config), m_weights(context.sources->open(index, m_decoder.blocks()))
{
}

Result<std::unique_ptr<FrameDecoder>> CogVideoXFrameDecoder::create(const VaeConfig& config, const files::WeightIndex* index,
                                                                    const Tensor& latents, const VaePlan& how,
                                                                    const StageContext& context)
{
    if (latents.dim() != 5 || latents.size(2) != config.latent_channels) {
        return fail(ErrorCode::BadInput,
                    "The latents have the shape [{}], but the autoencoder needs [batch, frames, {}, height, width]",
                    fmt::join(latents.sizes(), ", "), config.latent_channels);
    }
    if (how.slicing == Slicing::On && latents.size(0) > 1) {
        return fail(ErrorCode::Usage, "{} items were given to a decoder that takes them one at a time: turn slicing off",
                    latents.size(0));
    }
    std::unique_ptr<CogVideoXFrameDecoder> decoder(new CogVideoXFrameDecoder(config, index, context));
    const Tensor channels_first = latents.to(context.device).transpose(1, 2);  // [batch, channels, frames, height, width]
    decoder->m_decoding = TRY(decoder->m_decoder.begin(channels_first, how, *decoder->m_weights, context.stop));
    return decoder;
}

}  // namespace headroom::models::cogvideox
