#pragma once

#include <vector>

#include <QString>

#include "core/engine/model_info.h"

namespace headroom::ui {

/// A size worth offering.
struct SizePreset {
    QString title;
    int width = 0;
    int height = 0;
};

/// The model's own size first, then common ones that it takes and that are not more than four times as large, landscape and
/// portrait.
std::vector<SizePreset> sizePresets(const ModelInfo& model);

}  // namespace headroom::ui
