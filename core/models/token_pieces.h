#pragma once

#include <cstdint>
#include <utility>

#include "core/tensor/dry_run.h"

namespace headroom::models {

/// How a block's work is cut up so that less of it lies in memory at once. Whatever is said here, the mathematics is the same.
struct Pieces {
    std::int64_t token_rows = 0;  ///< Tokens of each batch item that are taken at a time; 0: the model's choice.
    int head_groups = 1;          ///< Self-attention does its heads in this many groups, at most one a head.
};

/// The tokens cut into pieces. All but the last are multiples of 16 and none is smaller than that: a matrix product of few rows
/// is computed by another kernel, whose sums come out in another order. On the CPU every way of cutting so was found to give the
/// same bits.
class TokenPieces {
public:
    /// rows: how many tokens a piece may have; taken down to a multiple of 16, and up to 32 where it is less.
    TokenPieces(std::int64_t tokens, std::int64_t rows);

    std::int64_t tokens() const { return m_tokens; }

    /// Calls `work(start, rows)` for each piece in its order. A dry run walks the first, the second for all that are like it, and
    /// the last.
    template <typename Work>
    void each(const Work& work) const
    {
        for (std::int64_t start = 0; start < m_tokens;) {
            const std::int64_t rows = rows_at(start);
            const std::int64_t alike = start > 0 && DryRun::current() ? alike_from(start) : 1;
            const DryRepeat repeat(alike);
            work(start, rows);
            start += alike * rows;
        }
    }

private:
    std::int64_t rows_at(std::int64_t start) const;
    /// How many pieces of the same size follow each other from `start` on, itself included.
    std::int64_t alike_from(std::int64_t start) const;

    std::int64_t m_tokens;
    std::int64_t m_rows;
};

/// Puts a tensor together from its pieces along dimension 1. A piece that is the whole is taken as it is.
class Assembled {
public:
    explicit Assembled(std::int64_t tokens) : m_tokens(tokens) {}

    /// part: [batch, rows, ...], the tokens from `start` on.
    void put(std::int64_t start, Tensor part);
    /// [batch, tokens, ...], once every piece was put.
    const Tensor& whole() const { return m_whole; }

private:
    std::int64_t m_tokens;
    Tensor m_whole;
};

}  // namespace headroom::models
