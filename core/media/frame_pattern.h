#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace headroom::media {

/// A PNG sequence's name: `prefix`, a number of at least `digits` digits filled with zeros, `suffix` (with the extension), in
/// `folder`.
struct FramePattern {
    std::filesystem::path folder;
    std::string prefix;
    std::string suffix;
    int digits = 1;

    /// Reads `folder/frame-%04d.png`. Errors: Usage unless the file name has exactly one `%d` or `%0Nd` (N from 1 to 9) and no
    /// other `%`.
    static Result<FramePattern> parse(const std::filesystem::path& path);

    std::filesystem::path frame_path(std::int64_t number) const;

    /// The file beside the frames that holds their metadata: `info` for the number, `.json` for the extension.
    std::filesystem::path sidecar_path() const;

    /// The number in a file name of this sequence; nothing for any other name.
    std::optional<std::int64_t> number_of(std::string_view file_name) const;

    /// The numbers of the frames in the folder, ascending; empty when the folder can't be listed.
    std::vector<std::int64_t> existing_numbers() const;
};

}  // namespace headroom::media
