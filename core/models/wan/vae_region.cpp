#include "core/models/wan/vae_region.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/empty.h>

#include "core/base/cancel.h"

namespace headroom::models::wan {

VaeRegion::VaeRegion(VaeLayers& layers, std::int64_t strips, nn::CausalHistory::Place cache)
    : m_layers(&layers),
      m_strips(strips),
      m_cache(cache),
      m_first_banded(std::min<std::size_t>(1, layers.levels.size() - 1)),
      m_conv_in_past(cache),
      m_mid_block_past(cache)
{
    for (std::size_t level = 0; level < m_first_banded; ++level) {
        m_unbanded_pasts.push_back(layers.levels[level].layers.new_past(cache));
    }
}

void VaeRegion::lay_out_bands(std::int64_t rows)
{
    std::int64_t delay = 0, scale = 1;
    for (std::size_t level = m_first_banded; level < m_layers->levels.size(); ++level) {
        const VaeUpBlock& block = m_layers->levels[level].layers;
        delay = block.delay_after(delay);
        if (block.upsampler) scale *= VaeUpsampler::kScale;
    }
    m_edges = band_edges(rows, scale, delay + VaeLayers::Output::kReach, m_strips);
    for (std::size_t band = 0; band + 1 < m_edges.size(); ++band) {
        BandPast past{{}, nn::CausalHistory(m_cache)};
        for (std::size_t level = m_first_banded; level < m_layers->levels.size(); ++level) {
            past.levels.push_back(m_layers->levels[level].layers.new_past(m_cache));
        }
        m_bands.push_back(std::move(past));
    }
}

VaeRegion::BandRows VaeRegion::new_rows() const
{
    BandRows rows{{}, RowCarry(VaeLayers::Output::kReach)};
    for (std::size_t level = m_first_banded; level < m_layers->levels.size(); ++level) {
        rows.levels.push_back(m_layers->levels[level].layers.new_rows());
    }
    return rows;
}

Result<Tensor> VaeRegion::decode(const Tensor& z, ChunkPosition position, memory::WeightSource& weights,
                                 const std::stop_token& stop)
{
    Tensor features = TRY(run_unbanded(z, position, weights, stop));
    if (m_edges.empty()) lay_out_bands(features.size(2));
    BandRows rows = new_rows();
    if (m_bands.size() == 1) return run_band(std::move(features), 0, rows, position, weights, stop);

    Tensor pixels;
    std::int64_t given = 0;
    for (std::size_t band = 0; band < m_bands.size(); ++band) {
        Tensor part = features.narrow(2, m_edges[band], m_edges[band + 1] - m_edges[band]);
        if (band + 1 == m_bands.size()) features.reset();
        part = TRY(run_band(std::move(part), band, rows, position, weights, stop));
        if (!pixels.defined()) {
            const std::int64_t height = z.size(2) * (part.size(3) / z.size(3));
            pixels = at::empty({part.size(0), part.size(1), height, part.size(3), part.size(4)}, part.options());
        }
        pixels.narrow(2, given, part.size(2)).copy_(part);
        given += part.size(2);
    }
    return pixels;
}

Result<Tensor> VaeRegion::run_unbanded(const Tensor& z, ChunkPosition position, memory::WeightSource& weights,
                                       const std::stop_token& stop)
{
    Tensor x;
    TRY(check_not_cancelled(stop));
    {
        const auto held = weights.acquire(m_layers->input.weights);
        const VaeLayers::Input& input = m_layers->input.layers;
        const Tensor& weight = input.post_quant_conv.weight.value;
        x = input.post_quant_conv.forward(z.to(weight.device(), weight.scalar_type()).contiguous());
        x = input.conv_in.forward(x, m_conv_in_past);
    }
    TRY(check_not_cancelled(stop));
    {
        const auto held = weights.acquire(m_layers->mid_block.weights);
        x = m_layers->mid_block.layers.forward(std::move(x), m_mid_block_past);
    }
    for (std::size_t level = 0; level < m_first_banded; ++level) {
        TRY(check_not_cancelled(stop));
        const auto held = weights.acquire(m_layers->levels[level].weights);
        const VaeUpBlock& block = m_layers->levels[level].layers;
        VaeUpBlock::Rows whole = block.new_rows();
        x = block.forward(std::move(x), m_unbanded_pasts[level], position, whole, BandEnd::Bottom);
    }
    return x;
}

Result<Tensor> VaeRegion::run_band(Tensor x, std::size_t band, BandRows& rows, ChunkPosition position,
                                   memory::WeightSource& weights, const std::stop_token& stop)
{
    const BandEnd end = band + 1 == m_bands.size() ? BandEnd::Bottom : BandEnd::Inside;
    BandPast& past = m_bands[band];
    for (std::size_t i = 0; i < past.levels.size(); ++i) {
        TRY(check_not_cancelled(stop));
        VaePart<VaeUpBlock>& level = m_layers->levels[m_first_banded + i];
        const auto held = weights.acquire(level.weights);
        x = level.layers.forward(std::move(x), past.levels[i], position, rows.levels[i], end);
    }
    TRY(check_not_cancelled(stop));
    const auto held = weights.acquire(m_layers->output.weights);
    const VaeLayers::Output& output = m_layers->output.layers;
    x = rows.output.join(std::move(x), end);
    output.norm_out.normalize_and_silu_(x);
    x = output.conv_out.forward(x, past.conv_out);
    return rows.output.cut(x);
}

template <typename Count>
std::int64_t VaeRegion::sum_over_pasts(const Count& count) const
{
    std::int64_t total = count(m_conv_in_past) + count(m_mid_block_past);
    for (const VaeUpBlock::Past& past : m_unbanded_pasts) total += count(past);
    for (const BandPast& band : m_bands) {
        for (const VaeUpBlock::Past& past : band.levels) total += count(past);
        total += count(band.conv_out);
    }
    return total;
}

std::int64_t VaeRegion::past_bytes() const
{
    return sum_over_pasts([](const auto& past) { return past.size_bytes(); });
}

std::int64_t VaeRegion::parked_bytes() const
{
    return sum_over_pasts([](const auto& past) { return past.parked_bytes(); });
}

}  // namespace headroom::models::wan
