#include "core/nn/rms_norm.h"

#include <ATen/ops/empty.h>
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
    count_moved(4.0 * double(x.nbytes()));
    for_row_chunks(x.size(1), kChunkRows, [&](std::int64_t start, std::int64_t rows) {
        const Tensor part = x.narrow(1, start, rows);
        const Tensor wide = part.to(at::kFloat);  // the part itself when x is float32
        wide.mul_(inverse_of_wide(wide)).mul_(as_operand(weight.value, at::kFloat));
        if (!wide.is_same(part)) part.copy_(wide);
    });
}

Tensor RmsNorm::inverse_rms(const Tensor& x) const
{
    count_moved(2.0 * double(x.nbytes()));
    Tensor inverse = at::empty({x.size(0), x.size(1), 1}, x.options().dtype(at::kFloat));
    for_row_chunks(x.size(1), kChunkRows, [&](std::int64_t start, std::int64_t rows) {
        inverse.narrow(1, start, rows).copy_(inverse_of_wide(x.narrow(1, start, rows).to(at::kFloat)));
    });
    return inverse;
}

void RmsNorm::scale_in_place(const Tensor& part, const Tensor& inverse, std::int64_t first_channel) const
{
    count_moved(2.0 * double(part.nbytes()));
    const Tensor scale = weight.value.narrow(0, first_channel, part.size(2));
    for_row_chunks(part.size(1), kChunkRows, [&](std::int64_t start, std::int64_t rows) {
        const Tensor here = part.narrow(1, start, rows);
        const Tensor wide = here.to(at::kFloat);  // `here` itself when it is float32
        wide.mul_(inverse.narrow(1, start, rows)).mul_(as_operand(scale, at::kFloat));
        if (!wide.is_same(here)) here.copy_(wide);
    });
}

Tensor RmsNorm::inverse_of_wide(const Tensor& wide) const
{
    return at::square(wide).mean(-1, /*keepdim=*/true).add_(eps).rsqrt_();  // [batch, rows, 1]
}

}  // namespace headroom::nn
