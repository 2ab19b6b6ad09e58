#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace headroom::files {

/// The element types a safetensors file may hold (safetensors 0.8).
enum class StoredDtype {
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U64,
    U32,
    U16,
    U8,
    Bool,
    C64,
    F8E4M3,
    F8E5M2,
    F8E8M0,
    F8E4M3FNUZ,
    F8E5M2FNUZ,
    F6E2M3,
    F6E3M2,
    F4,
};

/// The dtype of a name as the file writes it ("F32", "BF16", "F8_E4M3"); nothing for a name the format does not know.
std::optional<StoredDtype> parse_stored_dtype(std::string_view name);

/// The name as the file writes it.
std::string_view stored_dtype_name(StoredDtype dtype);

/// Bits of one element; below 8 for F4 and F6, whose tensors are packed.
std::int64_t bits_per_element(StoredDtype dtype);

}  // namespace headroom::files
