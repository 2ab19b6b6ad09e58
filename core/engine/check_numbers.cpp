#include "core/engine/check_numbers.h"

#include <cmath>

#include <ATen/ops/sum.h>

#include "core/media/output_path.h"

namespace headroom {

Result<void> check_numbers(const Tensor& result, const std::filesystem::path& component, at::ScalarType dtype)
{
    // One NaN or infinity makes the sum one, and a sum needs no tensor of its own, as a test of each value does.
    if (std::isfinite(result.to(at::kFloat).sum().item<float>())) return {};
    const std::string name = media::display_path(component);
    if (dtype == at::kHalf) {
        return fail(ErrorCode::BadModel,
                    "{}: what it computed is not all finite numbers: fp16 ends at 65504. Compute in bf16 or fp32 (--dtype)",
                    name);
    }
    return fail(ErrorCode::BadModel,
                "{}: what it computed is not all finite numbers. Its weights, or what it was given, are very likely damaged: "
                "fetch them anew",
                name);
}

}  // namespace headroom
