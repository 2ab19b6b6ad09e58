#include "app/paths.h"

#include <cstdlib>

namespace headroom::app {

namespace {

std::filesystem::path state_home()
{
    if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state) return state;
    if (const char* home = std::getenv("HOME"); home && *home) return std::filesystem::path(home) / ".local" / "state";
    return std::filesystem::temp_directory_path();
}

}  // namespace

EnginePaths installation_paths()
{
    std::error_code ignored;
    const auto bin = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    return {.demo_model_dir = bin.parent_path() / "share" / "headroom" / "demo_model",
            .state_dir = state_home() / "headroom",
            .modules_dir = bin,
            .catalog_dir = bin.parent_path() / "share" / "headroom" / "catalog"};
}

}  // namespace headroom::app
