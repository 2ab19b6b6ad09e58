#pragma once

#include <filesystem>
#include <memory>

#include "core/engine/engine.h"
#include "tests/card/stand_in_card.h"

namespace headroom::test {

/// The real engine with the devices of a test that add_card_test starts.
inline std::unique_ptr<Engine> engine_with_card(const std::filesystem::path& state_dir)
{
    return make_engine({.demo_model_dir = HEADROOM_SOURCE_DIR "/resources/demo_model",
                        .state_dir = state_dir,
                        .modules_dir = cuda_module_dir(),
                        .gpu_runtime_dir = stand_in_runtime()});
}

}  // namespace headroom::test
