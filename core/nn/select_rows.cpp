#include "core/nn/select_rows.h"

#include <ATen/ops/empty.h>

#include "core/tensor/dry_run.h"

namespace headroom::nn {

Tensor select_rows(const Tensor& table, const Tensor& numbers)
{
    if (!table.is_meta()) return table.index_select(0, numbers);
    const Tensor rows = at::empty({numbers.numel(), table.size(1)}, table.options());
    count_moved(2.0 * double(rows.nbytes()));
    return rows;
}

}  // namespace headroom::nn
