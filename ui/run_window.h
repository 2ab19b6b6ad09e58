#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/engine/engine.h"

namespace headroom::ui {

/// What the window needs besides the engine.
struct WindowOptions {
    int argc = 0;  ///< As main got them; Qt takes its own options out.
    char** argv = nullptr;
    std::string version;                          ///< The program's.
    std::vector<std::string> component_versions;  ///< For Help → About: "LibTorch 2.11.0", "FFmpeg 5.1.9".
    std::filesystem::path gpu_runtime_manifest;   ///< What the GPU runtime consists of; empty: there is none.
    std::string package_index;                    ///< Where it is fetched from when pip's configuration names no index.
    std::filesystem::path open;                   ///< A clip or model folder to open at the start; empty: none.
};

/// Opens the window and returns when it has been closed, with the status for main. The engine must outlive the call.
int runWindow(Engine& engine, WindowOptions options);

}  // namespace headroom::ui
