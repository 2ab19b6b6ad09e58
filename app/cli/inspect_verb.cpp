#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/json_text.h"
#include "app/cli/option_checks.h"
#include "app/cli/verb.h"
#include "core/base/byte_size.h"
#include "core/base/counted.h"

namespace headroom::app {

namespace {

nlohmann::ordered_json rule_json(const NumberRule& rule)
{
    nlohmann::ordered_json json = {
        {"minimum", rule.minimum}, {"maximum", rule.maximum}, {"step", rule.step}, {"offset", rule.offset}};
    if (rule.second_offset) json["second_offset"] = *rule.second_offset;
    return json;
}

nlohmann::ordered_json info_json(const ModelInfo& info)
{
    nlohmann::ordered_json components = nlohmann::ordered_json::array();
    for (const ComponentInfo& component : info.components) {
        components.push_back({{"name", component.name},
                              {"class", component.class_name},
                              {"parameters", component.parameters},
                              {"size_bytes", component.size_bytes},
                              {"dtype", component.stored_dtype}});
    }
    nlohmann::ordered_json settings = nlohmann::ordered_json::array();
    for (const ExtraSetting& setting : info.extra_settings) {
        settings.push_back({{"key", setting.key},
                            {"label", setting.label},
                            {"minimum", setting.minimum},
                            {"maximum", setting.maximum},
                            {"default", setting.value},
                            {"help", setting.help}});
    }
    const GenerationDefaults& defaults = info.defaults;
    return {{"dir", info.dir.string()},
            {"name", info.display_name},
            {"family", info.family_name},
            {"pipeline", info.pipeline_class},
            {"components", std::move(components)},
            {"defaults",
             {{"width", defaults.width},
              {"height", defaults.height},
              {"frames", defaults.frames},
              {"steps", defaults.steps},
              {"guidance", defaults.guidance},
              {"fps", defaults.fps}}},
            {"settings", std::move(settings)},
            {"width", rule_json(info.width_rule)},
            {"height", rule_json(info.height_rule)},
            {"frames", rule_json(info.frames_rule)}};
}

void print_table(const ModelInfo& info)
{
    fmt::print("{} ({}, {})\n{}\n\n", info.display_name, info.family_name, info.pipeline_class, info.dir.string());
    for (const ComponentInfo& component : info.components) {
        fmt::print("  {:<14} {:<26} {:>9.2f} M parameters  {:>10}  {}\n", component.name, component.class_name,
                   double(component.parameters) / 1e6, format_byte_size(component.size_bytes), component.stored_dtype);
    }
    const GenerationDefaults& defaults = info.defaults;
    fmt::print("\n  defaults: {}×{}, {}, {} fps, {}, guidance {}\n", defaults.width, defaults.height,
               counted(defaults.frames, "frame"), defaults.fps, counted(defaults.steps, "step"), defaults.guidance);
    fmt::print("  sizes in steps of {}×{}, frames {}\n", info.width_rule.step, info.height_rule.step, info.frames_rule.words());
    for (const ExtraSetting& setting : info.extra_settings) {
        fmt::print("  --set {} X: {} ({} to {}, default {})\n", setting.key, setting.help, setting.minimum, setting.maximum,
                   setting.value);
    }
}

class InspectVerb final : public Verb {
public:
    explicit InspectVerb(CLI::App& app)
    {
        CLI::App* verb = app.add_subcommand("inspect", "Check a model folder and show what is in it");
        verb->add_option("DIR", m_dir, "model folder in the diffusers layout (default: the demo model)")->check(file_name());
        verb->add_flag("--json", m_json, "print JSON");
        verb->add_flag("--quiet", m_quiet, "nothing but errors on standard error, and no table");
    }

    Result<void> run(Engine& engine, std::stop_token) override
    {
        const ModelInfo info = TRY(engine.inspect(m_dir));
        if (m_json) {
            fmt::print("{}\n", json_text(info_json(info)));
        } else if (!m_quiet) {
            print_table(info);
        }
        return {};
    }

private:
    std::string m_dir;
    bool m_json = false;
    bool m_quiet = false;
};

}  // namespace

std::unique_ptr<Verb> make_inspect_verb(CLI::App& app)
{
    return std::make_unique<InspectVerb>(app);
}

}  // namespace headroom::app
