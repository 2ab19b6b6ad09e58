#include <memory>
#include <string_view>

#include "app/cli/command_line.h"
#include "app/openmp_waiting.h"
#include "app/paths.h"
#ifdef HEADROOM_HAS_WINDOW
#include "app/version.h"
#include "ui/run_window.h"
#endif

using namespace headroom;

namespace {

bool will_compute(int argc, char** argv)
{
    const std::string_view verb = argc > 1 ? argv[1] : "";
    return argc == 1 || verb == "generate" || verb == "decode" || verb == "encode";
}

}  // namespace

int main(int argc, char** argv)
{
    if (will_compute(argc, argv)) app::wait_passively(argv);
    const std::unique_ptr<Engine> engine = make_engine(app::installation_paths());
#ifdef HEADROOM_HAS_WINDOW
    if (argc == 1) {
        return ui::runWindow(*engine, {.argc = argc, .argv = argv, .version = app::kVersion, .component_versions = component_versions(), .open = {}});
    }
#endif
    return app::run_command_line(argc, argv, *engine);
}
