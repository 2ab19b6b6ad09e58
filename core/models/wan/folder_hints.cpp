#include "core/models/wan/folder_hints.h"

#include <limits>
#include <utility>

#include "core/base/json_fields.h"
#include "core/files/json_file.h"
#include "core/files/message_text.h"
#include "core/models/wan/latent_maps.h"

namespace headroom::models::wan {

namespace {

Result<LatentRgb> parse_latent_rgb(const nlohmann::json& json, std::size_t channels, const std::string& file)
{
    const auto is_triple = [](const nlohmann::json& row) {
        return row.is_array() && row.size() == 3 && row[0].is_number() && row[1].is_number() && row[2].is_number();
    };
    const auto triple = [](const nlohmann::json& row) -> std::array<float, 3> { return {row[0], row[1], row[2]}; };

    LatentRgb latent_rgb;
    const auto& factors = json.contains("factors") ? json["factors"] : nlohmann::json();
    const bool complete = factors.is_array() && factors.size() == channels && json.contains("bias") && is_triple(json["bias"]);
    for (const auto& row : complete ? factors : nlohmann::json::array()) {
        if (is_triple(row)) latent_rgb.factors.push_back(triple(row));
    }
    if (latent_rgb.factors.size() != channels) {
        return fail(ErrorCode::BadModel, "{}: 'latent_rgb' needs 'factors' of {} rows of three numbers and a 'bias' of three",
                    file, channels);
    }
    latent_rgb.bias = triple(json["bias"]);
    return latent_rgb;
}

/// Wan-Video/Wan2.2, wan/configs/wan_t2v_A14B.py.
FolderHints published_a14b()
{
    FolderHints hints;
    hints.defaults = {.width = 832, .height = 480, .frames = 81, .steps = 40, .guidance = 4.0, .fps = 16, .prompt = {}};
    hints.guidance_2 = 3.0;
    hints.flow_shift = 12.0;
    GenerationDefaults large = hints.defaults;
    large.width = 1280;
    large.height = 720;
    const std::map<std::string, double> extra{{"guidance_2", 3.0}, {"flow_shift", 12.0}};
    hints.presets = {{"480p, as the authors run it", hints.defaults, extra}, {"720p, as the authors run it", large, extra}};
    return hints;
}

/// Wan-Video/Wan2.2, wan/configs/wan_ti2v_5B.py.
FolderHints published_ti2v_5b()
{
    FolderHints hints;
    hints.defaults = {.width = 1280, .height = 704, .frames = 121, .steps = 50, .guidance = 5.0, .fps = 24, .prompt = {}};
    hints.flow_shift = 5.0;
    GenerationDefaults upright = hints.defaults;
    std::swap(upright.width, upright.height);
    const std::map<std::string, double> extra{{"flow_shift", 5.0}};
    hints.presets = {{"720p, as the authors run it", hints.defaults, extra}, {"720p upright", upright, extra}};
    return hints;
}

/// Wan-Video/Wan2.1 and diffusers' documentation of the pipeline.
FolderHints published_wan_2_1()
{
    FolderHints hints;
    hints.defaults = {.width = 832, .height = 480, .frames = 81, .steps = 50, .guidance = 5.0, .fps = 16, .prompt = {}};
    GenerationDefaults large = hints.defaults;
    large.width = 1280;
    large.height = 720;
    hints.presets = {{"480p", hints.defaults, {{"flow_shift", 3.0}}}, {"720p", large, {{"flow_shift", 5.0}}}};
    return hints;
}

FolderHints published_hints(PublishedKind kind)
{
    switch (kind) {
    case PublishedKind::Wan22A14b: return published_a14b();
    case PublishedKind::Wan22Ti2v: return published_ti2v_5b();
    case PublishedKind::Wan21: break;
    }
    return published_wan_2_1();
}

}  // namespace

Result<FolderHints> read_folder_hints(const std::filesystem::path& model_dir, PublishedKind kind, std::int64_t latent_channels)
{
    FolderHints hints = published_hints(kind);
    hints.latent_rgb = published_latent_rgb(latent_channels);

    const auto path = model_dir / "headroom.json";
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return hints;
    const nlohmann::json json = TRY(files::read_json_file(path));
    const std::string file = files::shown(path);
    if (!json.is_object()) return fail(ErrorCode::BadModel, "{}: must be a JSON object", file);
    const nlohmann::json stated = json.value("defaults", nlohmann::json::object());
    const JsonFields fields(stated, file);
    GenerationDefaults& defaults = hints.defaults;
    const auto whole = [&](const char* key, int missing) -> Result<int> {
        return int(TRY(fields.integer(key, missing, 1, std::numeric_limits<int>::max())));
    };
    hints.display_name = TRY(JsonFields(json, file).text("name", {}));
    if (!stated.empty()) hints.presets.clear();  // of the published model, which this is not
    defaults.width = TRY(whole("width", defaults.width));
    defaults.height = TRY(whole("height", defaults.height));
    defaults.frames = TRY(whole("frames", defaults.frames));
    defaults.steps = TRY(whole("steps", defaults.steps));
    defaults.guidance = TRY(fields.number("guidance", defaults.guidance));
    defaults.fps = TRY(whole("fps", defaults.fps));
    defaults.prompt = TRY(fields.text("prompt", defaults.prompt));
    if (json.contains("latent_rgb"))
        hints.latent_rgb = TRY(parse_latent_rgb(json["latent_rgb"], std::size_t(latent_channels), file));
    return hints;
}

}  // namespace headroom::models::wan
