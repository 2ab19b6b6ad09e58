#pragma once

#include <cstdint>
#include <vector>

#include "core/tensor/tensor.h"

namespace headroom::models::wan {

// Pictures may pass the decoder's layers in horizontal bands, from the top. A band brings no halo: each layer keeps the last rows
// of its input for the next band and gives only those rows of its result that need no row below its band. So the rows that all
// bands give are the whole picture's, hardly any row is computed twice, and a band ends the higher the deeper the layer, at last
// by the receptive field. Each band has its own past of each convolution, over its rows and the seam's (4 rows for a residual
// block). Bands with halos would compute and cache the whole receptive field twice a band, where one cache of whole frames would
// need the seam's old rows beside it, as many again.

/// Whether a band reaches the picture's bottom. What ends there is given to the last row.
enum class BandEnd { Inside, Bottom };

/// What one layer hands on from band to band of a chunk. Use: `x = carry.join(x, end); x = layer(x); x = carry.cut(x);`.
class RowCarry {
public:
    /// reach: rows above and below that count for a row; scale: rows of the result for a row of the input.
    explicit RowCarry(std::int64_t reach = 0, std::int64_t scale = 1) : m_reach(reach), m_scale(scale) {}

    /// The band below the rows that are still needed. band: [frames, batch, rows, width, channels] → the same with more rows,
    /// dense. A whole picture comes back as it is, without a copy.
    Tensor join(Tensor band, BandEnd end);
    /// The rows of the layer's result that are final: a view, or all of it.
    Tensor cut(const Tensor& result) const;

private:
    std::int64_t m_reach;
    std::int64_t m_scale;
    Tensor m_kept;             // The rows of the input that the next band needs above it.
    std::int64_t m_given = 0;  // Of those, how many have been given already.
    std::int64_t m_first = 0;  // The band under way: which rows of the joined are given, [m_first, m_last).
    std::int64_t m_last = 0;
};

/// Rows that a shortcut holds back until the layers beside it, which lag behind by what they see below a row, give the same rows.
class RowQueue {
public:
    /// The next band: [frames, batch, rows, width, channels]. Copies it, since the layers compute in its place.
    void add(const Tensor& band);
    /// The next `rows` rows from the top.
    Tensor take(std::int64_t rows);

private:
    Tensor m_waiting;
};

/// Where bands begin in the input of the first banded layer, with the picture's height at the end: so that all bands give as many
/// rows. rows: height of that input; scale: rows of the result for one of it; delay: by how many rows of the result a band ends
/// above its input's end. Since the last band has these rows to give besides, more strips than make bands of that height would
/// save nothing: there are `strips` bands, or as many as that allows, but 1 at least.
std::vector<std::int64_t> band_edges(std::int64_t rows, std::int64_t scale, std::int64_t delay, std::int64_t strips);

}  // namespace headroom::models::wan
