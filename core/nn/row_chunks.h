#pragma once

#include <algorithm>
#include <cstdint>

#include "core/tensor/dry_run.h"

namespace headroom::nn {

/// Rows that element-wise work in float32 takes at a time where the tensor itself is of a smaller dtype: enough to be quick,
/// few enough that the temporaries vanish beside the tensor.
inline constexpr std::int64_t kChunkRows = 1024;

/// Calls `work(start, rows)` over [0, total) in pieces of at most `chunk_rows` rows. For work on each row alone, so any
/// chunk size gives the same result; a dry run walks one of the pieces that are alike.
template <typename Work>
void for_row_chunks(std::int64_t total, std::int64_t chunk_rows, const Work& work)
{
    std::int64_t walked = 0;
    if (DryRun::current() && total > chunk_rows) {
        const DryRepeat repeat(total / chunk_rows);
        work(walked, chunk_rows);
        walked = total - total % chunk_rows;
    }
    for (std::int64_t start = walked; start < total; start += chunk_rows) work(start, std::min(chunk_rows, total - start));
}

}  // namespace headroom::nn
