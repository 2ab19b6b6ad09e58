#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace headroom::media {

/// What a clip's file says of the clip; both fields are UTF-8.
struct ClipMetadata {
    std::string title;    ///< The prompt's first characters, for file managers and players.
    std::string comment;  ///< The settings as compact JSON; untrusted when it was read from a file.

    bool empty() const { return title.empty() && comment.empty(); }
    bool operator==(const ClipMetadata&) const = default;
};

inline constexpr std::size_t kTitleCharacters = 80;
inline constexpr std::size_t kLargestCommentBytes = 8192;

/// The metadata of a clip: title = the prompt's first 80 code points (never half of one), comment = `settings_json` as it is.
/// Errors: Usage when `settings_json` is over 8 KiB, more than players bear.
Result<ClipMetadata> make_clip_metadata(std::string_view prompt, std::string_view settings_json);

}  // namespace headroom::media
