#pragma once

#include <QStringList>

#include "core/engine/request.h"
#include "ui/settings/settings_store.h"

namespace headroom::ui {

/// Keeps a request's prompts, numbers, seed and model for the next start.
void rememberRequest(SettingsStore& settings, const GenerateRequest& request);

/// The numbers that were kept; those never kept are left out.
GenerateRequest rememberedNumbers(const SettingsStore& settings);

/// For each number of `wanted` that `got` does not have, a phrase like "width 500 (now 496)".
QStringList differences(const GenerateRequest& wanted, const GenerateRequest& got);

}  // namespace headroom::ui
