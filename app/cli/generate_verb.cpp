#include <optional>

#include "app/cli/common_options.h"
#include "app/cli/option_checks.h"
#include "app/cli/progress_printer.h"
#include "app/cli/run_summary.h"
#include "app/cli/verb.h"

namespace headroom::app {

namespace {

class GenerateVerb final : public Verb {
public:
    explicit GenerateVerb(CLI::App& app)
    {
        CLI::App* verb = app.add_subcommand("generate", "Turn a prompt into a video");
        verb->add_option("--model", m_model, "model folder in the diffusers layout (default: the demo model)")
            ->type_name("DIR")
            ->check(file_name());
        verb->add_option("--prompt", m_request.prompt, "what to show")->required()->type_name("TEXT");
        verb->add_option("--output", m_output, "clip.mp4, clip.mkv, clip.gif or frame-%04d.png")
            ->required()
            ->type_name("FILE")
            ->check(file_name());
        verb->add_option("--negative-prompt", m_request.negative_prompt, "what to avoid (default: empty)")->type_name("TEXT");
        declare_clip(*verb, m_request);
        verb->add_option("--guidance-2", m_guidance_2, "guidance of a second transformer (default: --guidance)")->type_name("X");
        verb->add_option("--set", m_extra, "a setting of the model's own, as `inspect` lists them (may be repeated)")
            ->type_name("KEY X");
        verb->add_option("--seed", m_seed, "seed of the noise (default 0)")->type_name("N")->transform(whole_number());
        verb->add_option("--fps", m_request.fps, "frames a second (default: the model's)")
            ->type_name("N")
            ->transform(whole_number());
        verb->add_option("--batch", m_request.batch, "clips to make (default 1)")->type_name("N")->transform(whole_number());
        m_compute.declare(*verb);
        m_compute.declare_report(*verb);
        verb->add_option("--latents-in", m_latents_in, "initial noise instead of the seed's (safetensors)")
            ->type_name("FILE")
            ->check(file_name());
        verb->add_option("--latents-out", m_latents_out, "keep the denoised latents (safetensors)")
            ->type_name("FILE")
            ->check(file_name());
        verb->add_flag("--overwrite", m_request.output.overwrite, "replace the output when it exists");
        verb->add_flag("--quiet", m_quiet, "nothing but errors on standard error");
    }

    Result<void> run(Engine& engine, std::stop_token stop) override
    {
        if (m_guidance_2) m_request.extra["guidance_2"] = *m_guidance_2;
        for (const auto& [key, value] : m_extra) m_request.extra[key] = value;
        if (!m_seed.empty()) m_request.seed = TRY(parse_seed(m_seed));
        m_request.execution = TRY(m_compute.execution());
        m_request.model_dir = m_model;
        m_request.report = m_compute.report;
        m_request.output.path = m_output;
        m_request.latents_in = m_latents_in;
        m_request.latents_out = m_latents_out;
        const GenerateRequest request = TRY(engine.resolve(m_request));
        const Plan plan = TRY(engine.plan(request));
        ProgressPrinter printer(ProgressPrinter::mode_for(m_quiet));
        const RunReport report = TRY(engine.generate(request, plan, printer, stop));
        return conclude(report, m_compute.report, m_quiet);
    }

private:
    GenerateRequest m_request;
    ComputeOptions m_compute;
    std::string m_model;
    std::string m_output;
    std::string m_seed;
    std::string m_latents_in;
    std::string m_latents_out;
    std::optional<double> m_guidance_2;
    std::vector<std::pair<std::string, double>> m_extra;
    bool m_quiet = false;
};

}  // namespace

std::unique_ptr<Verb> make_generate_verb(CLI::App& app)
{
    return std::make_unique<GenerateVerb>(app);
}

}  // namespace headroom::app
