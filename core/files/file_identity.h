#pragma once

#include <filesystem>
#include <string>

namespace headroom::files {

/// What tells one state of a file from another without reading it: where it really lies, its size and when it was last changed
/// (to the nanosecond where the system knows). A file that is not there has an identity too. For keys of caches.
std::string file_identity(const std::filesystem::path& path);

}  // namespace headroom::files
