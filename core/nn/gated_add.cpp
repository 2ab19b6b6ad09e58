#include "core/nn/gated_add.h"

#include "core/nn/row_chunks.h"

namespace headroom::nn {

void gated_add_in_place(const Tensor& hidden, const Tensor& update, const Tensor& gate)
{
    count_moved(3.0 * double(hidden.nbytes()));
    if (hidden.scalar_type() == at::kFloat) {
        hidden.add_(update.mul_(gate));
        return;
    }
    for_row_chunks(hidden.size(1), kChunkRows, [&](std::int64_t start, std::int64_t rows) {
        const Tensor part = hidden.narrow(1, start, rows);
        part.copy_(update.narrow(1, start, rows).to(at::kFloat).mul_(gate).add_(as_operand(part, at::kFloat)));
    });
}

}  // namespace headroom::nn
