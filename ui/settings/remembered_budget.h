#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/engine/request.h"
#include "ui/settings/settings_store.h"

namespace headroom::ui {

/// The person's budget for a device; none: automatic.
std::optional<std::int64_t> rememberedBudget(const SettingsStore& settings, const std::string& device);
void rememberBudget(SettingsStore& settings, const std::string& device, std::optional<std::int64_t> bytes);

/// What the person pinned. What can't be read is left to the planner.
Pins rememberedPins(const SettingsStore& settings);
void rememberPins(SettingsStore& settings, const Pins& pins);

}  // namespace headroom::ui
