#include "app/cli/common_options.h"

#include "app/cli/option_checks.h"
#include "app/cli/vae_option.h"

namespace headroom::app {

namespace {

Result<ComputeDtype> parse_compute_dtype(const std::string& name)
{
    if (name == "auto") return ComputeDtype::Auto;
    if (name == "fp32") return ComputeDtype::Float32;
    if (name == "bf16") return ComputeDtype::BFloat16;
    if (name == "fp16") return ComputeDtype::Float16;
    return fail(ErrorCode::Usage, "--dtype '{}' is not a dtype: give auto, fp32, bf16 or fp16", name);
}

}  // namespace

tl::unexpected<Error> not_available_yet(const std::string& what)
{
    return fail(ErrorCode::Usage, "{} is not available yet in this version", what);
}

void declare_clip(CLI::App& verb, GenerateRequest& request)
{
    verb.add_option("--width", request.width, "pixels (default: the model's)")->type_name("PX")->transform(whole_number());
    verb.add_option("--height", request.height, "pixels (default: the model's)")->type_name("PX")->transform(whole_number());
    verb.add_option("--frames", request.frames, "frames of the clip (default: the model's)")
        ->type_name("N")
        ->transform(whole_number());
    verb.add_option("--steps", request.steps, "denoising steps (default: the model's)")
        ->type_name("N")
        ->transform(whole_number());
    verb.add_option("--guidance", request.guidance, "guidance scale; 1 or less is none (default: the model's)")->type_name("X");
}

void ComputeOptions::declare(CLI::App& verb)
{
    verb.add_option("--device", device, "auto, cpu or cuda:N (default auto)")->type_name("NAME");
    verb.add_option("--dtype", dtype, "auto, fp32, bf16 or fp16 (default auto)")->type_name("NAME");
    verb.add_option("--budget", budget, "device memory the run may use: a number with MiB, GiB, MB or GB, or auto (default auto)")
        ->type_name("SIZE");
    verb.add_option("--vae", vae, "auto, whole, strips, tiles or tiles:WxH+WxH in pixels (default auto)")->type_name("HOW");
    verb.add_option("--slicing", slicing, "decode one batch item at a time: auto, on or off (default auto)")->type_name("HOW");
}

void ComputeOptions::declare_report(CLI::App& verb)
{
    verb.add_option("--report", report, "write what was planned and measured to this file, as JSON")
        ->type_name("FILE")
        ->check(file_name());
}

Result<ExecutionOptions> ComputeOptions::execution() const
{
    ExecutionOptions execution;
    execution.device = device;
    execution.dtype = TRY(parse_compute_dtype(dtype));
    if (budget != "auto") execution.budget_bytes = TRY(parse_size_option("--budget", budget));
    TRY(parse_vae_option(vae, execution.pins));
    if (slicing == "on") execution.pins.slicing = Slicing::On;
    if (slicing == "off") execution.pins.slicing = Slicing::Off;
    if (slicing != "auto" && slicing != "on" && slicing != "off") {
        return fail(ErrorCode::Usage, "--slicing '{}' is not known: give auto, on or off", slicing);
    }
    return execution;
}

}  // namespace headroom::app
