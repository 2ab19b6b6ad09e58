#pragma once

#include <cstdlib>
#include <memory>

#include "core/device/devices.h"

namespace headroom::test {

/// The devices of a test that add_card_test starts: the CPU and the stand-in card.
inline std::unique_ptr<Devices> devices_with_card()
{
    return std::make_unique<Devices>(std::getenv("CUDA_MODULE_DIR"), std::getenv("STAND_IN_RUNTIME"));
}

inline const at::Device kCard(at::kCUDA, 0);

}  // namespace headroom::test
