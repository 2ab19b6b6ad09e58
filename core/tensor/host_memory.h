#pragma once

#include <cstdint>

namespace headroom {

/// Bytes that LibTorch's CPU tensors hold, counted where they are allocated. LibTorch has one CPU allocator a process, so the
/// count is the process's too; it says what a CPU run keeps "on the device".
///
/// Any thread may allocate; the counts are atomic.
class HostMemory {
public:
    /// Puts the counting allocator in the place of LibTorch's. Tensors made before are not counted and are freed as they were
    /// allocated. Later calls do nothing.
    static void start_counting();

    /// Bytes held now.
    static std::int64_t live_bytes();

    /// The largest live_bytes() since the last restart_peak().
    static std::int64_t peak_bytes();

    /// Lets peak_bytes() begin anew at live_bytes().
    static void restart_peak();
};

}  // namespace headroom
