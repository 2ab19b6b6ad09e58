#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/memory/weight_source.h"
#include "core/models/wan/vae_layers.h"

namespace headroom::models::wan {

/// The decode of one region of a clip's pictures, the whole or a tile, chunk by chunk: what every convolution must know of the
/// chunks before. Its deeper levels pass in horizontal bands (vae_rows.h), each with a past of its own.
///
/// Bands begin after the first level. That one works on latent positions (for Wan, 1/64 of the pixels with 4 times the channels,
/// a quarter of the frames): it has 2 % of the work and nothing to save, while the picture that enters the bands is an eighth
/// of the one that would enter them a level later.
class VaeRegion {
public:
    /// strips: bands of the deeper levels (band_edges); 1 computes the pictures whole. The layers must outlive the region.
    VaeRegion(VaeLayers& layers, std::int64_t strips, nn::CausalHistory::Place cache);

    /// The next chunk. z: [frames, batch, height, width, z_dim], statistics applied, float32; one frame in the first chunk. →
    /// [pixel frames, batch, height · scale, width · scale, out_channels], patches of pixels, not yet clamped, in the dtype of
    /// the weights. Errors: Cancelled, within one block of the stop; the region can't go on after that.
    Result<Tensor> decode(const Tensor& z, ChunkPosition position, memory::WeightSource& weights, const std::stop_token& stop);

    /// Bytes kept for the next chunk, and how many of them are in the computer's memory although the device is another.
    std::int64_t past_bytes() const;
    std::int64_t parked_bytes() const;

private:
    struct BandPast {
        std::vector<VaeUpBlock::Past> levels;  // From the first banded one.
        nn::CausalHistory conv_out;
    };
    struct BandRows {
        std::vector<VaeUpBlock::Rows> levels;
        RowCarry output;
    };

    void lay_out_bands(std::int64_t rows);
    BandRows new_rows() const;
    Result<Tensor> run_unbanded(const Tensor& z, ChunkPosition position, memory::WeightSource& weights,
                                const std::stop_token& stop);
    Result<Tensor> run_band(Tensor x, std::size_t band, BandRows& rows, ChunkPosition position, memory::WeightSource& weights,
                            const std::stop_token& stop);
    template <typename Count>
    std::int64_t sum_over_pasts(const Count& count) const;

    VaeLayers* m_layers;
    std::int64_t m_strips;
    nn::CausalHistory::Place m_cache;
    std::size_t m_first_banded;

    nn::CausalHistory m_conv_in_past;
    VaeMidBlock::Past m_mid_block_past;
    std::vector<VaeUpBlock::Past> m_unbanded_pasts;
    std::vector<std::int64_t> m_edges;  // Of the bands, in rows of the first banded level's input; empty before the first chunk.
    std::vector<BandPast> m_bands;
};

}  // namespace headroom::models::wan
