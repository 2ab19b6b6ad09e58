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
    const auto prefix = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path().parent_path();
    return {.demo_model_dir = prefix / "share" / "headroom" / "demo_model",
            .state_dir = state_home() / "headroom",
            .modules_dir = prefix / "lib" / "headroom",
            .catalog_dir = prefix / "share" / "headroom" / "catalog"};
}

}  // namespace headroom::app
