#include "core/tensor/dtype.h"

namespace headroom {

const char* dtype_name(at::ScalarType dtype)
{
    switch (dtype) {
    case at::kFloat: return "fp32";
    case at::kBFloat16: return "bf16";
    case at::kHalf: return "fp16";
    default: return "other";
    }
}

Result<at::ScalarType> parse_dtype(std::string_view name)
{
    if (name == "fp32") return at::kFloat;
    if (name == "bf16") return at::kBFloat16;
    if (name == "fp16") return at::kHalf;
    return fail(ErrorCode::Usage, "'{}' is not a dtype: give auto, fp32, bf16 or fp16", name);
}

}  // namespace headroom
