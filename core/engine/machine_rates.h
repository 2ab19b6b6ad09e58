#pragma once

#include <filesystem>

#include <c10/core/ScalarType.h>

#include "core/device/devices.h"
#include "core/planner/rates.h"

namespace headroom {

/// How fast this machine's device computes in a dtype: a matrix product, attention, a convolution, element-wise work and uploads
/// are timed at first use, in under a second together, and remembered in `state_dir` by device, its name, threads, LibTorch
/// version and dtype. On the CPU an upload is a copy by one thread. The engine thread, without autograd; throws as LibTorch does.
MachineRates machine_rates(const DeviceInfo& device, at::ScalarType dtype, const std::filesystem::path& state_dir);

/// How fast this file's disk is read, past what the system has cached: some 32 MiB of the file are read at first use and the rate
/// is remembered by disk. A usual solid-state disk's rate (1 GB/s) where the file is short, missing or can't be read that way.
double disk_rate(const std::filesystem::path& file, const std::filesystem::path& state_dir);

/// Rates to plan with for a card that is not there: those of a mid-range card of 12 GB (GeForce RTX 3060: 22 TFLOP/s of 16-bit
/// products, 23 of attention, 12 of convolutions, 360 GB/s), on PCIe 4.0 with 12 GB/s of uploads. fp32 at 8 TFLOP/s.
MachineRates assumed_card_rates(at::ScalarType dtype);

}  // namespace headroom
