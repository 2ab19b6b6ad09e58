#include <optional>
#include <vector>

#include "app/cli/common_options.h"
#include "app/cli/verb.h"

namespace headroom::app {

namespace {

/// A verb of the contract whose work a later version brings. Its options are read, so that wrong ones are told apart.
class LaterVerb final : public Verb {
public:
    LaterVerb(CLI::App& app, const std::string& name, const std::string& description)
        : m_name(name), m_verb(app.add_subcommand(name, description + " (not available yet)"))
    {
        m_verb->add_option("--model", m_model, "model folder in the diffusers layout")->type_name("DIR");
        m_verb->add_option("--width", m_width, "pixels")->type_name("PX");
        m_verb->add_option("--height", m_height, "pixels")->type_name("PX");
        m_verb->add_option("--frames", m_frames, "frames of the clip")->type_name("N");
        m_compute.declare(*m_verb);
        m_verb->add_flag("--quiet", m_quiet, "nothing but errors on standard error");
    }

    CLI::App& options() { return *m_verb; }
    std::string& text_option() { return m_text; }
    std::vector<std::string>& list_option() { return m_list; }
    bool& flag() { return m_flag; }
    int& number() { return m_number; }

    Result<void> run(Engine&, std::stop_token) override { return not_available_yet("The verb '" + m_name + "'"); }

private:
    std::string m_name;
    CLI::App* m_verb;
    ComputeOptions m_compute;
    std::string m_model;
    std::optional<int> m_width;
    std::optional<int> m_height;
    std::optional<int> m_frames;
    std::string m_text;
    std::vector<std::string> m_list;
    int m_number = 1;
    bool m_flag = false;
    bool m_quiet = false;
};

}  // namespace

std::unique_ptr<Verb> make_encode_verb(CLI::App& app)
{
    auto verb = std::make_unique<LaterVerb>(app, "encode", "Turn a video into latents");
    verb->options().add_option("--input", verb->list_option(), "video or frame-%04d.png; may be repeated")->type_name("FILE");
    verb->options().add_option("--latents-out", verb->text_option(), "where the latents go")->type_name("FILE");
    return verb;
}

}  // namespace headroom::app
