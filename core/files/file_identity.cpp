#include "core/files/file_identity.h"

#include <fmt/format.h>
#include <sys/stat.h>

namespace headroom::files {

std::string file_identity(const std::filesystem::path& path)
{
    std::error_code error;
    const auto real_path = std::filesystem::canonical(path, error);
    struct stat status = {};
    if (error || ::stat(real_path.c_str(), &status) != 0) return fmt::format("{} is missing\n", path.string());
    return fmt::format("{} {} {}.{:09}\n", real_path.string(), status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

}  // namespace headroom::files
