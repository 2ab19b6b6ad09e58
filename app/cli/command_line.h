#pragma once

#include "core/engine/engine.h"

namespace headroom::app {

/// Runs the verb that the arguments name and returns the exit status. Needs no display.
int run_command_line(int argc, char** argv, Engine& engine);

}  // namespace headroom::app
