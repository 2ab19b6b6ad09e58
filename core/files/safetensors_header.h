#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "core/files/stored_dtype.h"

namespace headroom::files {

/// One tensor as a safetensors header describes it, not yet checked against the file's size.
struct HeaderTensor {
    std::string name;
    StoredDtype dtype = StoredDtype::F32;
    std::vector<std::int64_t> shape;  ///< Not negative.
    std::uint64_t begin = 0;          ///< Bytes from the end of the header.
    std::uint64_t end = 0;            ///< One past the last byte.
};

/// A header that is well-formed JSON of the format's form: names are unique, dtypes known, each tensor has all three fields.
struct SafetensorsHeader {
    std::vector<HeaderTensor> tensors;            ///< In the order of the text.
    std::map<std::string, std::string> metadata;  ///< What stands under "__metadata__".
};

/// Reads the JSON of a header in one pass without building a document, so that memory stays in proportion to the text and
/// deep nesting ends the reading at once. The error is the rest of a sentence that begins with the file's name.
tl::expected<SafetensorsHeader, std::string> parse_safetensors_header(std::string_view text);

}  // namespace headroom::files
