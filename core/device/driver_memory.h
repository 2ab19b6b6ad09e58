#pragma once

#include <cstdint>
#include <optional>

namespace headroom {

/// Bytes in use on a CUDA device by all processes, asked of the driver's management library, which unlike the CUDA runtime needs
/// no context on the device. Nothing where that library is not there or does not know the device. Part of the CUDA module.
std::optional<std::int64_t> used_device_bytes(int device_index);

/// The part of them that this process holds, its context included. Nothing where the library can't tell: inside many containers,
/// on Windows.
std::optional<std::int64_t> process_device_bytes(int device_index);

}  // namespace headroom
