#include "core/models/token_pieces.h"

#include <algorithm>

#include <ATen/ops/empty.h>

namespace headroom::models {

namespace {

constexpr std::int64_t kUnit = 16;

}  // namespace

TokenPieces::TokenPieces(std::int64_t tokens, std::int64_t rows)
    : m_tokens(tokens), m_rows(std::max(2 * kUnit, rows / kUnit * kUnit))
{
}

std::int64_t TokenPieces::rows_at(std::int64_t start) const
{
    const std::int64_t left = m_tokens - start;
    if (left <= m_rows) return left;
    return left - m_rows < kUnit ? m_rows - kUnit : m_rows;  // the last piece gets what would have left it too small
}

std::int64_t TokenPieces::alike_from(std::int64_t start) const
{
    const std::int64_t rows = rows_at(start);
    std::int64_t count = 1;
    while (start + count * rows < m_tokens && rows_at(start + count * rows) == rows) ++count;
    return count;
}

void Assembled::put(std::int64_t start, Tensor part)
{
    if (part.size(1) == m_tokens) {
        m_whole = std::move(part);
        return;
    }
    if (!m_whole.defined()) {
        auto shape = part.sizes().vec();
        shape[1] = m_tokens;
        m_whole = at::empty(shape, part.options());
    }
    m_whole.narrow(1, start, part.size(1)).copy_(part);
}

}  // namespace headroom::models
