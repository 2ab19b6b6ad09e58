#include "core/tensor/device_copies.h"

#include <ATen/ops/empty.h>

namespace headroom {

void BlockingCopies::copy(const StoredNumbers& from, const Tensor& target, CopyThreads threads)
{
    if (target.is_cpu()) {
        read_numbers(from, target, threads);
        return;
    }
    const Tensor converted = at::empty(target.sizes(), target.options().device(at::kCPU));
    read_numbers(from, converted, threads);
    target.copy_(converted);
}

std::unique_ptr<DeviceCopies> make_blocking_copies(int)
{
    return std::make_unique<BlockingCopies>();
}

}  // namespace headroom
