#include "app/cli/command_line.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "app/cli/exit_status.h"
#include "app/cli/interrupt.h"
#include "app/cli/verb.h"
#include "app/version.h"
#include "core/base/utf8.h"

namespace headroom::app {

namespace {

/// What is wrong with arguments that name no verb.
std::string without_verb(int argc, char** argv)
{
    constexpr const char* kVerbs = "give generate, decode, encode, plan, inspect or runtime";
    if (argc < 2) return fmt::format("There is no verb: {}", kVerbs);
    const std::string first = as_utf8(argv[1]);
    return first.starts_with('-') ? fmt::format("'{}' is no option of the program itself: {} before it", first, kVerbs)
                                  : fmt::format("'{}' is not a verb: {}", first, kVerbs);
}

/// What was printed is on its way only now.
Result<void> flush_output()
{
    if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return {};
    return fail(ErrorCode::BadOutput, "What was to be printed can't be written to standard output: {}",
                std::generic_category().message(errno));
}

/// A verb's run. Printing throws where standard output takes no more.
Result<void> run_verb(Verb& verb, Engine& engine, const std::stop_token& stop)
{
    try {
        TRY(verb.run(engine, stop));
    } catch (const std::system_error& error) {
        return fail(ErrorCode::BadOutput, "What was to be printed can't be written to standard output: {}",
                    error.code().message());
    }
    return flush_output();
}

int report(const Error& error)
{
    fmt::print(stderr, "headroom: {}\n", error.message);
    return exit_status(error.code);
}

}  // namespace

int run_command_line(int argc, char** argv, Engine& engine)
{
    CLI::App app("Headroom turns a prompt into a video inside the memory you allow. Without a verb it opens its window.",
                 "headroom");
    app.set_version_flag("--version", std::string("headroom ") + kVersion);
    app.require_subcommand(1);
    const std::array verbs = {make_generate_verb(app), make_decode_verb(app),  make_encode_verb(app),
                              make_plan_verb(app),     make_inspect_verb(app), make_runtime_verb(app)};
    const std::array names = {"generate", "decode", "encode", "plan", "inspect", "runtime"};

    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) {  // --help and --version
        const int status = app.exit(success);
        std::cout.flush();
        const auto printed = flush_output();
        return printed ? status : report(printed.error());
    } catch (const CLI::RequiredError& error) {
        return report({ErrorCode::Usage,
                       (app.get_subcommands().empty() ? without_verb(argc, argv) : std::string(error.what())) + " (see --help)"});
    } catch (const CLI::ParseError& error) {
        return report({ErrorCode::Usage, std::string(error.what()) + " (see --help)"});
    }

    const InterruptWatch interrupts;
    for (std::size_t index = 0; index < verbs.size(); ++index) {
        if (!app.got_subcommand(names[index])) continue;
        const auto ran = run_verb(*verbs[index], engine, interrupts.stop_token());
        return ran ? kExitDone : report(ran.error());
    }
    return kExitUsage;
}

}  // namespace headroom::app
