#include <memory>

#include "app/cli/command_line.h"
#include "app/paths.h"
#ifdef HEADROOM_HAS_WINDOW
#include "app/version.h"
#include "ui/run_window.h"
#endif

int main(int argc, char** argv)
{
    const std::unique_ptr<headroom::Engine> engine = headroom::make_engine(headroom::app::installation_paths());
#ifdef HEADROOM_HAS_WINDOW
    if (argc == 1) {
        return headroom::ui::runWindow(*engine, {.argc = argc,
                                                 .argv = argv,
                                                 .version = headroom::app::kVersion,
                                                 .component_versions = headroom::component_versions(),
                                                 .open = {}});
    }
#endif
    return headroom::app::run_command_line(argc, argv, *engine);
}
