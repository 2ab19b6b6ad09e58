#pragma once

#include <functional>
#include <memory>

#include "core/tensor/stored_numbers.h"

namespace headroom {

/// Brings numbers from mapped files into memory that a device computes from, and keeps the order between filling and computing.
/// Device memory is filled lane by lane; a lane stands for one piece of memory that is filled again and again (a slot of a ring).
///
/// The order for each lane: begin_fill, copy…, end_fill (any thread, the same for the three), wait_until_filled, then computing
/// queued by the engine thread, release (both on the engine thread), begin_fill again, … Calls for different lanes may come from
/// different threads at the same time. The destructor waits until no copy is under way. Errors: throws c10::Error.
class DeviceCopies {
public:
    virtual ~DeviceCopies() = default;

    /// Copies that follow wait until computing queued before the lane's last release is done with its memory.
    virtual void begin_fill(int lane) = 0;
    /// target: contiguous, on the device, as many numbers as `from`, which is read before this returns.
    virtual void copy(const StoredNumbers& from, const Tensor& target, CopyThreads threads) = 0;
    virtual void end_fill(int lane) = 0;
    /// Computing that the calling thread queues from here on sees what was copied until the lane's end_fill.
    virtual void wait_until_filled(int lane) = 0;
    /// Computing queued before may still read the lane's memory; nothing queued later does. A failure shows in the next
    /// begin_fill.
    virtual void release(int lane) noexcept = 0;
};

/// Copies that are finished when `copy` returns: by read_numbers on the CPU, by LibTorch's blocking copy on any other device.
class BlockingCopies final : public DeviceCopies {
public:
    void begin_fill(int) override {}
    void copy(const StoredNumbers& from, const Tensor& target, CopyThreads threads) override;
    void end_fill(int) override {}
    void wait_until_filled(int) override {}
    void release(int) noexcept override {}
};

/// Makes the copies of a device for so many lanes. Throws c10::Error.
using MakeDeviceCopies = std::function<std::unique_ptr<DeviceCopies>(int lanes)>;

/// Makes BlockingCopies.
std::unique_ptr<DeviceCopies> make_blocking_copies(int lanes);

}  // namespace headroom
