#include "core/models/wan/vae_rows.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/cat.h>

namespace headroom::models::wan {

namespace {

constexpr std::int64_t kRowAxis = 2;

}  // namespace

Tensor RowCarry::join(Tensor band, BandEnd end)
{
    Tensor joined =
        m_kept.defined() ? at::cat({m_kept, std::exchange(band, {})}, kRowAxis) : std::exchange(band, {}).contiguous();
    const std::int64_t rows = joined.size(kRowAxis);
    m_first = m_given;
    m_last = end == BandEnd::Bottom ? rows : std::max(m_first, rows - m_reach);
    if (end == BandEnd::Bottom) {
        m_kept.reset();
        m_given = 0;
        return joined;
    }
    const std::int64_t needed = std::max<std::int64_t>(0, m_last - m_reach);
    m_kept = joined.narrow(kRowAxis, needed, rows - needed).clone(at::MemoryFormat::Contiguous);
    m_given = m_last - needed;
    return joined;
}

Tensor RowCarry::cut(const Tensor& result) const
{
    if (result.size(kRowAxis) == m_scale * (m_last - m_first)) return result;
    return result.narrow(kRowAxis, m_scale * m_first, m_scale * (m_last - m_first));
}

void RowQueue::add(const Tensor& band)
{
    m_waiting =
        m_waiting.defined() ? at::cat({std::exchange(m_waiting, {}), band}, kRowAxis) : band.clone(at::MemoryFormat::Contiguous);
}

Tensor RowQueue::take(std::int64_t rows)
{
    const Tensor all = std::exchange(m_waiting, {});
    const std::int64_t left = all.size(kRowAxis) - rows;
    if (left == 0) return all;
    m_waiting = all.narrow(kRowAxis, rows, left).clone(at::MemoryFormat::Contiguous);
    return all.narrow(kRowAxis, 0, rows);
}

std::vector<std::int64_t> band_edges(std::int64_t rows, std::int64_t scale, std::int64_t delay, std::int64_t strips)
{
    const std::int64_t given = rows * scale;
    const std::int64_t bands = std::clamp<std::int64_t>(strips, 1, std::max<std::int64_t>(1, given / (delay + scale)));
    std::vector<std::int64_t> edges{0};
    for (std::int64_t band = 1; band < bands; ++band) {
        edges.push_back((given * band / bands + delay + scale - 1) / scale);
    }
    edges.push_back(rows);
    return edges;
}

}  // namespace headroom::models::wan
