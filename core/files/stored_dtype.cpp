#include "core/files/stored_dtype.h"

#include <algorithm>
#include <array>

namespace headroom::files {

namespace {

struct Row {
    StoredDtype dtype;
    std::string_view name;
    std::int64_t bits;
};

constexpr std::array kRows = {
    Row{StoredDtype::F64, "F64", 64},
    Row{StoredDtype::F32, "F32", 32},
    Row{StoredDtype::F16, "F16", 16},
    Row{StoredDtype::BF16, "BF16", 16},
    Row{StoredDtype::I64, "I64", 64},
    Row{StoredDtype::I32, "I32", 32},
    Row{StoredDtype::I16, "I16", 16},
    Row{StoredDtype::I8, "I8", 8},
    Row{StoredDtype::U64, "U64", 64},
    Row{StoredDtype::U32, "U32", 32},
    Row{StoredDtype::U16, "U16", 16},
    Row{StoredDtype::U8, "U8", 8},
    Row{StoredDtype::Bool, "BOOL", 8},
    Row{StoredDtype::C64, "C64", 64},
    Row{StoredDtype::F8E4M3, "F8_E4M3", 8},
    Row{StoredDtype::F8E5M2, "F8_E5M2", 8},
    Row{StoredDtype::F8E8M0, "F8_E8M0", 8},
    Row{StoredDtype::F8E4M3FNUZ, "F8_E4M3FNUZ", 8},
    Row{StoredDtype::F8E5M2FNUZ, "F8_E5M2FNUZ", 8},
    Row{StoredDtype::F6E2M3, "F6_E2M3", 6},
    Row{StoredDtype::F6E3M2, "F6_E3M2", 6},
    Row{StoredDtype::F4, "F4", 4},
};

const Row& row_of(StoredDtype dtype)
{
    return *std::ranges::find(kRows, dtype, &Row::dtype);
}

}  // namespace

std::optional<StoredDtype> parse_stored_dtype(std::string_view name)
{
    const auto row = std::ranges::find(kRows, name, &Row::name);
    if (row == kRows.end()) return std::nullopt;
    return row->dtype;
}

std::string_view stored_dtype_name(StoredDtype dtype)
{
    return row_of(dtype).name;
}

std::int64_t bits_per_element(StoredDtype dtype)
{
    return row_of(dtype).bits;
}

}  // namespace headroom::files
