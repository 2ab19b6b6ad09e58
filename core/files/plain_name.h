#pragma once

#include <string_view>

namespace headroom::files {

/// Whether a name that a file gives for another file or folder stays inside the folder it is looked up in: one path part, not "."
/// or "..".
inline bool is_plain_name(std::string_view name)
{
    constexpr std::string_view kForbidden("/\\\0", 3);
    return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
           name.find_first_of(kForbidden) == std::string_view::npos;
}

}  // namespace headroom::files
