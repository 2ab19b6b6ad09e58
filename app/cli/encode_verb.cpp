#include <optional>
#include <vector>

#include "app/cli/common_options.h"
#include "app/cli/option_checks.h"
#include "app/cli/progress_printer.h"
#include "app/cli/run_summary.h"
#include "app/cli/verb.h"

namespace headroom::app {

namespace {

class EncodeVerb final : public Verb {
public:
    explicit EncodeVerb(CLI::App& app)
    {
        CLI::App* verb = app.add_subcommand("encode", "Turn a video into a file of latents");
        verb->add_option("--model", m_model, "model folder in the diffusers layout (default: the demo model)")
            ->type_name("DIR")
            ->check(file_name());
        verb->add_option("--input", m_inputs, "a video, a folder of PNG frames or frame-%04d.png; repeated, a batch")
            ->required()
            ->type_name("FILE")
            ->check(file_name())
            ->expected(1)
            ->take_all();
        verb->add_option("--latents-out", m_latents_out, "where the latents go (safetensors), for decode --latents")
            ->required()
            ->type_name("FILE")
            ->check(file_name());
        verb->add_option("--frames", m_request.frames, "frames to encode, from the first (default: as many as the model can)")
            ->type_name("N")
            ->transform(whole_number());
        verb->add_option("--width", m_request.width, "pixels to scale to (default: the video's, or the next smaller legal one)")
            ->type_name("PX")
            ->transform(whole_number());
        verb->add_option("--height", m_request.height, "pixels to scale to (default: the video's, or the next smaller legal one)")
            ->type_name("PX")
            ->transform(whole_number());
        m_compute.declare(*verb);
        m_compute.declare_report(*verb);
        verb->add_flag("--quiet", m_quiet, "nothing but errors on standard error");
    }

    Result<void> run(Engine& engine, std::stop_token stop) override
    {
        m_request.execution = TRY(m_compute.execution());
        m_request.model_dir = m_model;
        m_request.report = m_compute.report;
        m_request.inputs.assign(m_inputs.begin(), m_inputs.end());
        m_request.latents_out = m_latents_out;
        ProgressPrinter printer(ProgressPrinter::mode_for(m_quiet));
        const RunReport report = TRY(engine.encode(m_request, printer, stop));
        return conclude(report, m_compute.report, m_quiet);
    }

private:
    EncodeRequest m_request;
    ComputeOptions m_compute;
    std::string m_model;
    std::vector<std::string> m_inputs;
    std::string m_latents_out;
    bool m_quiet = false;
};

}  // namespace

std::unique_ptr<Verb> make_encode_verb(CLI::App& app)
{
    return std::make_unique<EncodeVerb>(app);
}

}  // namespace headroom::app
