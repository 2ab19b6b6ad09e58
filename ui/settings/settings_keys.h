#pragma once

#include "ui/settings/settings_store.h"

namespace headroom::ui::keys {

inline const Setting<QByteArray> kGeometry{"window/geometry", {}};
inline const Setting<QByteArray> kLayout{"window/layout", {}};
inline const Setting<bool> kGreeted{"window/greeted", false};   ///< The first-start screen was shown.
inline const Setting<int> kAppearance{"window/appearance", 0};  ///< Appearance
inline const Setting<int> kScaling{"viewer/scaling", 0};        ///< Scaling
inline const Setting<int> kFit{"viewer/fit", 0};                ///< Fit
inline const Setting<bool> kLoop{"viewer/loop", true};

inline const Setting<QString> kPrompt{"clip/prompt", {}};
inline const Setting<QString> kNegativePrompt{"clip/negative_prompt", {}};
inline const Setting<QString> kModelDir{"clip/model_dir", {}};  ///< Empty: the demo model.
inline const Setting<int> kWidth{"clip/width", 0};              ///< 0 in a number: the model's default.
inline const Setting<int> kHeight{"clip/height", 0};
inline const Setting<int> kFrames{"clip/frames", 0};
inline const Setting<int> kFps{"clip/fps", 0};
inline const Setting<int> kSteps{"clip/steps", 0};
inline const Setting<double> kGuidance{"clip/guidance", -1};  ///< Negative: the model's default.
inline const Setting<QStringList> kExtra{"clip/extra", {}};   ///< "flow_shift=5": the model's own settings.
inline const Setting<QString> kSeed{"clip/seed", QStringLiteral("0")};
inline const Setting<int> kSeedMode{"clip/seed_mode", 0};  ///< SeedMode

inline const Setting<QStringList> kBudgets{"memory/budgets", {}};  ///< "cpu=8589934592": bytes for a device; none: automatic.
inline const Setting<QString> kLastDevice{"memory/last_device", {}};
inline const Setting<QStringList> kPins{"memory/pins", {}};  ///< "guidance=batched"

inline const Setting<QStringList> kModelFolders{"models/folders", {}};
inline const Setting<QString> kOutputFolder{"output/folder", {}};  ///< Empty: Headroom in the person's videos folder.
inline const Setting<QString> kOutputFormat{"output/format", QStringLiteral("mp4")};
inline const Setting<bool> kStorePrompt{"output/store_prompt", true};
inline const Setting<bool> kNotify{"window/notify", true};  ///< When a run ends while the window is not in front.

}  // namespace headroom::ui::keys
