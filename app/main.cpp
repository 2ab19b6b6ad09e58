#include <filesystem>
#include <memory>
#include <string_view>

#include "app/cli/command_line.h"
#include "app/paths.h"
#ifdef HEADROOM_HAS_WINDOW
#include "app/version.h"
#include "ui/run_window.h"
#endif

using namespace headroom;

namespace {

/// A lone path: what a desktop passes when a clip is opened with the program.
bool names_a_file(int argc, char** argv)
{
    std::error_code ignored;
    return argc == 2 && std::string_view(argv[1]).find_first_of("./") != std::string_view::npos &&
           std::filesystem::exists(argv[1], ignored);
}

bool opens_window(int argc, char** argv)
{
    return argc == 1 || names_a_file(argc, argv);
}

}  // namespace

int main(int argc, char** argv)
{
    const std::unique_ptr<Engine> engine = make_engine(app::installation_paths());
#ifdef HEADROOM_HAS_WINDOW
    if (opens_window(argc, argv)) {
        return ui::runWindow(*engine, {.argc = argc,
                                       .argv = argv,
                                       .version = app::kVersion,
                                       .component_versions = component_versions(),
                                       .gpu_runtime_manifest = app::gpu_runtime_manifest(),
                                       .package_index = app::kPackageIndex,
                                       .open = argc == 2 ? std::filesystem::absolute(argv[1]) : std::filesystem::path()});
    }
#endif
    return app::run_command_line(argc, argv, *engine);
}
