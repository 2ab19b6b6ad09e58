#include "app/cli/command_line.h"

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "app/cli/exit_status.h"
#include "app/cli/interrupt.h"
#include "app/cli/verb.h"
#include "app/version.h"

namespace headroom::app {

namespace {

int report(const Error& error)
{
    fmt::print(stderr, "headroom: {}\n", error.message);
    return exit_status(error.code);
}

}  // namespace

int run_command_line(int argc, char** argv, Engine& engine)
{
    CLI::App app("Headroom turns a prompt into a video inside the memory you allow. Without a verb it opens its window.", "headroom");
    app.set_version_flag("--version", std::string("headroom ") + kVersion);
    app.require_subcommand(1);
    const std::array verbs = {make_generate_verb(app), make_decode_verb(app),  make_encode_verb(app),
                              make_plan_verb(app),     make_inspect_verb(app), make_runtime_verb(app)};
    const std::array names = {"generate", "decode", "encode", "plan", "inspect", "runtime"};

    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) {  // --help and --version
        return app.exit(success);
    } catch (const CLI::ParseError& error) {
        return report({ErrorCode::Usage, std::string(error.what()) + " (see --help)"});
    }

    const InterruptWatch interrupts;
    for (std::size_t index = 0; index < verbs.size(); ++index) {
        if (!app.got_subcommand(names[index])) continue;
        const auto ran = verbs[index]->run(engine, interrupts.stop_token());
        return ran ? kExitDone : report(ran.error());
    }
    return kExitUsage;
}

}  // namespace headroom::app
