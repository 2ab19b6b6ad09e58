#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

/// One folder of a model: what the person downloaded.
struct ComponentInfo {
    std::string name;        ///< "transformer"
    std::string class_name;  ///< "WanTransformer3DModel"
    std::int64_t parameters = 0;
    std::int64_t size_bytes = 0;  ///< On disk.
    std::string stored_dtype;     ///< "bf16", "fp32", "fp16" or "mixed".
};

/// Which numbers a model takes for one setting: `offset + k * step` between the limits; in some families others lie between
/// these.
struct NumberRule {
    int minimum = 1;
    int maximum = 1;
    int step = 1;
    int offset = 0;
    std::optional<int> second_offset = {};  ///< `second_offset + k * step` is legal too.

    /// The legal number nearest to `value`; the smaller of two equally near.
    int nearest(int value) const;
    bool allows(int value) const { return nearest(value) == value; }
    /// The largest legal number not above `value`; the smallest legal one where there is none.
    int largest_up_to(int value) const;
    /// All legal numbers, rising.
    std::vector<int> all() const;
    /// How they are called: "16k", "4k+1", "8k or 8k+1".
    std::string words(std::string_view between = " or ") const;
};

/// A setting of a family besides those that every model has: the window shows it by itself, the command line takes it as `--set
/// KEY=X`.
struct ExtraSetting {
    enum class Kind { Number, Switch };  ///< A switch is 0 or 1.

    std::string key;    ///< "guidance_2"
    std::string label;  ///< "Guidance of the second transformer", translatable.
    std::string help;   ///< One sentence.
    Kind kind = Kind::Number;
    double minimum = 0;
    double maximum = 1;
    double step = 1;
    double value = 0;               ///< When the request leaves it out,
    bool follows_guidance = false;  ///< unless it gives the guidance: then that is the value of this too.
};

/// What a request gets when it leaves a setting out.
struct GenerationDefaults {
    int width = 0;
    int height = 0;
    int frames = 0;
    int steps = 0;
    double guidance = 0;
    int fps = 0;
    std::string prompt;  ///< An example to start from; may be empty.
};

/// Settings that belong together: "480p", "As the authors run it".
struct Preset {
    std::string name;
    GenerationDefaults values;            ///< Without a prompt.
    std::map<std::string, double> extra;  ///< By ExtraSetting::key; those that it leaves out stay as they are.
};

/// What the window and the command line know of a model: its family's description of this folder. No family name is needed to use
/// it.
struct ModelInfo {
    std::filesystem::path dir;
    std::string display_name;               ///< "Wan-AI/Wan2.1-T2V-1.3B-Diffusers", "Demo model", or the folder's name.
    std::string family_name;                ///< "Wan 2.1"
    std::string pipeline_class;             ///< "WanPipeline"
    std::vector<ComponentInfo> components;  ///< In the order of the family's offload chain.
    GenerationDefaults defaults;
    std::vector<ExtraSetting> extra_settings;
    std::vector<Preset> presets;  ///< May be empty; the defaults are not among them.
    NumberRule width_rule;
    NumberRule height_rule;
    NumberRule frames_rule;
};

/// A model that was found on this machine but not opened: an entry of the picker.
struct ModelEntry {
    std::filesystem::path dir;
    std::string display_name;
    std::string pipeline_class;
    bool supported = false;  ///< A family of this program runs its pipeline class.
    /// Why it can't be used as it is (files missing): one sentence; empty when nothing is known to be wrong.
    std::string problem;
};

}  // namespace headroom
