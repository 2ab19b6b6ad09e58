#include "core/nn/rms_norm.h"

#include <ATen/ops/mean.h>
#include <ATen/ops/square.h>

#include "core/nn/row_chunks.h"

namespace headroom::nn {

void RmsNorm::declare(const Declare& declare, std::int64_t dim, double epsilon)
{
    declare(weight, "weight", {dim});
    eps = epsilon;
}

void RmsNorm::forward_in_place(Tensor& x) const
{
    for_row_chunks(x.size(1), kChunkRows, [&](std::int64_t start, std::int64_t rows) {
        const Tensor part = x.narrow(1, start, rows);
        const Tensor wide = part.to(at::kFloat);  // the part itself when x is float32
        const Tensor inverse = at::square(wide).mean(-1, /*keepdim=*/true).add_(eps).rsqrt_();  // [batch, rows, 1]
        wide.mul_(inverse).mul_(weight.value);
        if (!wide.is_same(part)) part.copy_(wide);
    });
}

}  // namespace headroom::nn
