#include "app/cli/common_options.h"
#include "app/cli/option_checks.h"
#include "app/cli/progress_printer.h"
#include "app/cli/run_summary.h"
#include "app/cli/verb.h"

namespace headroom::app {

namespace {

class DecodeVerb final : public Verb {
public:
    explicit DecodeVerb(CLI::App& app)
    {
        CLI::App* verb = app.add_subcommand("decode", "Turn a file of latents into a video");
        verb->add_option("--model", m_model, "model folder in the diffusers layout (default: the demo model)")
            ->type_name("DIR")
            ->check(file_name());
        verb->add_option("--latents", m_latents, "denoised latents, as --latents-out writes them")
            ->required()
            ->type_name("FILE")
            ->check(file_name());
        verb->add_option("--output", m_output, "clip.mp4, clip.mkv, clip.gif or frame-%04d.png")
            ->required()
            ->type_name("FILE")
            ->check(file_name());
        verb->add_option("--fps", m_request.fps, "frames a second (default: the model's)")
            ->type_name("N")
            ->transform(whole_number());
        m_compute.declare(*verb);
        m_compute.declare_report(*verb);
        verb->add_flag("--overwrite", m_request.output.overwrite, "replace the output when it exists");
        verb->add_flag("--quiet", m_quiet, "nothing but errors on standard error");
    }

    Result<void> run(Engine& engine, std::stop_token stop) override
    {
        m_request.execution = TRY(m_compute.execution());
        m_request.model_dir = m_model;
        m_request.report = m_compute.report;
        m_request.latents = m_latents;
        m_request.output.path = m_output;
        ProgressPrinter printer(ProgressPrinter::mode_for(m_quiet));
        const RunReport report = TRY(engine.decode(m_request, printer, stop));
        return conclude(report, m_compute.report, m_quiet);
    }

private:
    DecodeRequest m_request;
    ComputeOptions m_compute;
    std::string m_model;
    std::string m_latents;
    std::string m_output;
    bool m_quiet = false;
};

}  // namespace

std::unique_ptr<Verb> make_decode_verb(CLI::App& app)
{
    return std::make_unique<DecodeVerb>(app);
}

}  // namespace headroom::app
