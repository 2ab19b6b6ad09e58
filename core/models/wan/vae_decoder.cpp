#include "core/models/wan/vae_decoder.h"

#include <algorithm>
#include <string>
#include <utility>

#include <ATen/ops/tensor.h>
#include <fmt/ranges.h>

#include "core/base/cancel.h"

namespace headroom::models::wan {

namespace {

VaeUpBlock::Step step_after(const VaeConfig& config, std::size_t level)
{
    if (level + 1 == config.dim_mult.size()) return VaeUpBlock::Step::None;
    const std::size_t steps = config.temperal_downsample.size();
    return config.temperal_downsample[steps - 1 - level] ? VaeUpBlock::Step::SpaceAndTime : VaeUpBlock::Step::Space;
}

// A number for each latent channel, to be broadcast over [batch, z_dim, frames, height, width].
Tensor channel_values(const std::vector<double>& values, const Tensor& latents)
{
    return at::tensor(values, at::TensorOptions().dtype(at::kFloat)).view({-1, 1, 1, 1}).to(latents.device());
}

}  // namespace

VaeDecoder::VaeDecoder(VaeConfig config) : m_config(std::move(config))
{
    const std::size_t levels = m_config.dim_mult.size();
    const std::int64_t latent_level_channels = m_config.decoder_dim() * m_config.dim_mult.back();

    const nn::Declare input(m_input_weights);
    m_input.post_quant_conv.declare(input.at("post_quant_conv"), m_config.z_dim, m_config.z_dim, 3);
    m_input.conv_in.declare(input.at("decoder").at("conv_in"), m_config.z_dim, latent_level_channels);
    m_mid_block.declare(nn::Declare(m_mid_block_weights).at("decoder.mid_block"), latent_level_channels);

    m_up_blocks.resize(levels);
    m_up_block_weights.resize(levels);
    std::int64_t in_channels = latent_level_channels;
    for (std::size_t level = 0; level < levels; ++level) {
        const std::string name = "decoder.up_blocks." + std::to_string(level);
        const std::int64_t out_channels = m_config.decoder_dim() * m_config.dim_mult[levels - 1 - level];
        m_up_block_weights[level].name = name;
        m_up_blocks[level].declare(nn::Declare(m_up_block_weights[level]).at(name), in_channels, out_channels,
                                   m_config.num_res_blocks + 1, step_after(m_config, level));
        in_channels = out_channels / 2;
    }

    const nn::Declare output = nn::Declare(m_output_weights).at("decoder");
    const std::int64_t pixel_level_channels = m_config.decoder_dim() * m_config.dim_mult.front();
    m_output.norm_out.declare(output.at("norm_out"), pixel_level_channels, 3);
    m_output.conv_out.declare(output.at("conv_out"), pixel_level_channels, m_config.out_channels);
}

std::vector<nn::ParameterBlock*> VaeDecoder::blocks()
{
    std::vector<nn::ParameterBlock*> all{&m_input_weights, &m_mid_block_weights};
    for (nn::ParameterBlock& block : m_up_block_weights) all.push_back(&block);
    all.push_back(&m_output_weights);
    return all;
}

Result<VaeDecoding> VaeDecoder::begin(Tensor latents, std::int64_t latents_per_chunk, memory::WeightSource& weights,
                                      std::stop_token stop)
{
    if (latents.dim() != 5 || latents.size(1) != m_config.z_dim || latents.numel() == 0 ||
        !latents.is_floating_point()) {
        return fail(
            ErrorCode::BadInput,
            "The latents have the shape [{}], but the autoencoder needs [batch, {}, frames, height, width] of floats",
            fmt::join(latents.sizes(), ", "), m_config.z_dim);
    }
    if (latents_per_chunk != 1 && latents_per_chunk != 2) {
        return fail(ErrorCode::Usage, "{} latent frames a chunk are not possible: 1 or 2 are", latents_per_chunk);
    }
    return VaeDecoding(*this, std::move(latents), latents_per_chunk, weights, std::move(stop));
}

VaeDecoding::VaeDecoding(VaeDecoder& decoder, Tensor latents, std::int64_t latents_per_chunk,
                         memory::WeightSource& weights, std::stop_token stop)
    : m_decoder(&decoder),
      m_weights(&weights),
      m_stop(std::move(stop)),
      m_latents(std::move(latents)),
      m_latents_per_chunk(latents_per_chunk)
{
    for (const VaeUpBlock& block : decoder.m_up_blocks) m_up_block_pasts.push_back(block.new_past());
}

Result<std::optional<Tensor>> VaeDecoding::next()
{
    TRY(check_not_cancelled(m_stop));
    const std::int64_t latents_left = m_latents.size(2) - m_latents_done;
    if (latents_left == 0) return std::nullopt;
    const ChunkPosition position = m_latents_done == 0 ? ChunkPosition::First : ChunkPosition::Later;
    const std::int64_t latent_count =
        position == ChunkPosition::First ? 1 : std::min(m_latents_per_chunk, latents_left);

    Tensor x = run_input(latent_count);
    TRY(check_not_cancelled(m_stop));
    {
        const auto held = m_weights->acquire(m_decoder->m_mid_block_weights);
        x = m_decoder->m_mid_block.forward(std::move(x), m_mid_block_past);
    }
    for (std::size_t level = 0; level < m_decoder->m_up_blocks.size(); ++level) {
        TRY(check_not_cancelled(m_stop));
        const auto held = m_weights->acquire(m_decoder->m_up_block_weights[level]);
        x = m_decoder->m_up_blocks[level].forward(std::move(x), m_up_block_pasts[level], position);
    }
    TRY(check_not_cancelled(m_stop));
    x = run_output(std::move(x));
    m_latents_done += latent_count;
    return x.permute({1, 4, 0, 2, 3});  // [batch, 3, frames, height, width]
}

Tensor VaeDecoding::run_input(std::int64_t latent_count)
{
    const auto held = m_weights->acquire(m_decoder->m_input_weights);
    const VaeDecoder::Input& input = m_decoder->m_input;
    const VaeConfig& config = m_decoder->m_config;
    const Tensor& weight = input.post_quant_conv.weight.value;
    // The statistics are applied in float32 whatever the dtype of the weights: in bfloat16 they would lose what the
    // transformer has kept.
    Tensor z = m_latents.narrow(2, m_latents_done, latent_count).to(at::kFloat);
    z = z.mul(channel_values(config.latents_std, z)).add_(channel_values(config.latents_mean, z));
    z = z.permute({2, 0, 3, 4, 1})
            .to(weight.device(), weight.scalar_type())
            .contiguous();  // [frames, batch, height, width, z_dim]
    return input.conv_in.forward(input.post_quant_conv.forward(z), m_conv_in_past);
}

Tensor VaeDecoding::run_output(Tensor x)
{
    const auto held = m_weights->acquire(m_decoder->m_output_weights);
    const VaeDecoder::Output& output = m_decoder->m_output;
    output.norm_out.normalize_and_silu_(x);
    return output.conv_out.forward(x, m_conv_out_past).clamp_(-1, 1);
}

std::int64_t VaeDecoding::past_bytes() const
{
    std::int64_t total = m_conv_in_past.size_bytes() + m_mid_block_past.size_bytes() + m_conv_out_past.size_bytes();
    for (const VaeUpBlock::Past& past : m_up_block_pasts) total += past.size_bytes();
    return total;
}

}  // namespace headroom::models::wan
