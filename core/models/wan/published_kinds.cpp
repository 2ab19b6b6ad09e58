#include "core/models/wan/published_kinds.h"

#include <utility>

#include "core/base/translatable.h"
#include "core/models/wan/latent_maps.h"

namespace headroom::models::wan {

namespace {

/// Wan-Video/Wan2.1 and diffusers' documentation of the pipeline.
FolderHints wan_2_1()
{
    FolderHints hints;
    hints.defaults = {.width = 832, .height = 480, .frames = 81, .steps = 50, .guidance = 5.0, .fps = 16, .prompt = {}};
    GenerationDefaults large = hints.defaults;
    large.width = 1280;
    large.height = 720;
    hints.presets = {{translatable("FamilyText", "480p"), hints.defaults, {{"flow_shift", 3.0}}},
                     {translatable("FamilyText", "720p"), large, {{"flow_shift", 5.0}}}};
    return hints;
}

/// Wan-Video/Wan2.2, wan/configs/wan_t2v_A14B.py.
FolderHints wan_2_2_a14b()
{
    FolderHints hints;
    hints.defaults = {.width = 832, .height = 480, .frames = 81, .steps = 40, .guidance = 4.0, .fps = 16, .prompt = {}};
    GenerationDefaults large = hints.defaults;
    large.width = 1280;
    large.height = 720;
    const std::map<std::string, double> extra{{"guidance_2", kPublishedGuidance2}, {"flow_shift", 12.0}};
    hints.presets = {{translatable("FamilyText", "480p, as the authors run it"), hints.defaults, extra},
                     {translatable("FamilyText", "720p, as the authors run it"), large, extra}};
    return hints;
}

/// Wan-Video/Wan2.2, wan/configs/wan_ti2v_5B.py.
FolderHints wan_2_2_ti2v()
{
    FolderHints hints;
    hints.defaults = {.width = 1280, .height = 704, .frames = 121, .steps = 50, .guidance = 5.0, .fps = 24, .prompt = {}};
    GenerationDefaults upright = hints.defaults;
    std::swap(upright.width, upright.height);
    const std::map<std::string, double> extra{{"flow_shift", 5.0}};
    hints.presets = {{translatable("FamilyText", "720p, as the authors run it"), hints.defaults, extra},
                     {translatable("FamilyText", "720p upright"), upright, extra}};
    return hints;
}

}  // namespace

FolderHints published_hints(PublishedKind kind, std::int64_t latent_channels)
{
    FolderHints hints;
    switch (kind) {
    case PublishedKind::Wan21: hints = wan_2_1(); break;
    case PublishedKind::Wan22A14b: hints = wan_2_2_a14b(); break;
    case PublishedKind::Wan22Ti2v: hints = wan_2_2_ti2v(); break;
    }
    hints.latent_rgb = published_latent_rgb(latent_channels);
    return hints;
}

}  // namespace headroom::models::wan
