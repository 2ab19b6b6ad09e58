#include "app/paths.h"

#include <cstdlib>

#include "core/runtime/pip_settings.h"
#include "core/runtime/runtime_manifest.h"
#include "core/runtime/runtime_place.h"

namespace headroom::app {

namespace {

std::filesystem::path state_home()
{
    if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state) return state;
    if (const char* home = std::getenv("HOME"); home && *home) return std::filesystem::path(home) / ".local" / "state";
    return std::filesystem::temp_directory_path();
}

/// What bin/, lib/ and share/ lie in.
std::filesystem::path prefix_dir()
{
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path().parent_path();
}

/// The installed GPU runtime of this version, or where it would be.
std::filesystem::path gpu_runtime_dir()
{
    const auto manifest = runtime::read_runtime_manifest(gpu_runtime_manifest());
    return manifest ? runtime::runtime_folder(runtime::process_environment) / manifest->tree_name() : std::filesystem::path();
}

}  // namespace

std::filesystem::path gpu_runtime_manifest()
{
    return prefix_dir() / "share" / "headroom" / "gpu_runtime.json";
}

EnginePaths installation_paths()
{
    const auto prefix = prefix_dir();
    return {.demo_model_dir = prefix / "share" / "headroom" / "demo_model",
            .state_dir = state_home() / "headroom",
            .modules_dir = prefix / "lib" / "headroom",
            .catalog_dir = prefix / "share" / "headroom" / "catalog",
            .gpu_runtime_dir = gpu_runtime_dir()};
}

}  // namespace headroom::app
