#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include <CLI/App.hpp>

#include "core/base/result.h"
#include "core/engine/engine.h"

namespace headroom::app {

/// One verb of the command line: declares its options when it is made, runs when CLI11 has filled them in.
class Verb {
public:
    virtual ~Verb() = default;

    /// Runs on the main thread, which is the engine thread. Errors end the program with their exit status.
    virtual Result<void> run(Engine& engine, std::stop_token stop) = 0;
};

/// Each adds its subcommand, with its options, units and defaults, to `app`.
std::unique_ptr<Verb> make_generate_verb(CLI::App& app);
std::unique_ptr<Verb> make_decode_verb(CLI::App& app);
std::unique_ptr<Verb> make_inspect_verb(CLI::App& app);
std::unique_ptr<Verb> make_plan_verb(CLI::App& app);
std::unique_ptr<Verb> make_encode_verb(CLI::App& app);
std::unique_ptr<Verb> make_runtime_verb(CLI::App& app);

}  // namespace headroom::app
