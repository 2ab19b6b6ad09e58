#include "core/nn/gather_rows.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include "core/tensor/dry_run.h"

namespace headroom::nn {

Tensor gather_rows(const Parameter& table, std::span<const std::int32_t> ids, at::Device device, at::ScalarType dtype)
{
    if (table.value.is_meta()) {
        const Tensor rows =
            at::empty({std::int64_t(ids.size()), table.value.size(1)}, at::TensorOptions().device(device).dtype(dtype));
        count_moved(2.0 * double(rows.nbytes()));
        return rows;
    }
    const Tensor indices = at::tensor(at::ArrayRef<std::int32_t>(ids.data(), ids.size())).to(table.value.device());
    // As bytes: the table may begin at any address of a file, but the rows gathered from it are a tensor of their own.
    const Tensor rows = table.value.view(at::kByte).index_select(0, indices).view(table.value.scalar_type());  // [ids, width]
    return rows.to(device, dtype);
}

}  // namespace headroom::nn
