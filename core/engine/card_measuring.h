#pragma once

#include <filesystem>

#include <c10/core/ScalarType.h>

#include "core/device/devices.h"
#include "core/planner/card_terms.h"

namespace headroom {

/// What a card holds beside a stage's tensors. At first use a matrix product, attention and convolutions run on it once: what the
/// libraries take above what a dry run of the same calls forecasts, and what the context has grown to, is remembered in
/// `state_dir` by card and LibTorch version. A full card gives the assumed terms, which are not remembered. The engine thread;
/// throws as LibTorch does.
CardTerms card_terms(const Devices& devices, const DeviceInfo& card, at::ScalarType dtype,
                     const std::filesystem::path& state_dir);

/// Remembers that the card's context has grown, after a run that loaded further kernels.
void note_context(const DeviceInfo& card, const std::filesystem::path& state_dir);

/// Terms to plan with for a card that is not there.
CardTerms assumed_card_terms();

}  // namespace headroom
