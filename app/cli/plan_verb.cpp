#include <algorithm>
#include <cstdio>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/common_options.h"
#include "app/cli/json_text.h"
#include "app/cli/option_checks.h"
#include "app/cli/verb.h"
#include "core/base/byte_size.h"
#include "core/base/counted.h"
#include "core/engine/plan_choice.h"
#include "core/engine/plan_json.h"

namespace headroom::app {

namespace {

nlohmann::ordered_json remedies_json(const PlanOutlook& outlook)
{
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Remedy& remedy : outlook.remedies) {
        nlohmann::ordered_json entry = {{"what", remedy.sentence}, {"minimum_budget_bytes", remedy.minimum_budget_bytes}};
        if (remedy.width > 0) entry["width"] = remedy.width;
        if (remedy.height > 0) entry["height"] = remedy.height;
        if (remedy.frames > 0) entry["frames"] = remedy.frames;
        entry["exact"] = !remedy.approximate;
        list.push_back(std::move(entry));
    }
    return list;
}

nlohmann::ordered_json outlook_json(const PlanOutlook& outlook, std::int64_t budget_bytes, const Result<Plan>& plan)
{
    nlohmann::ordered_json json = {{"model", outlook.model_name},
                                   {"width", outlook.width},
                                   {"height", outlook.height},
                                   {"frames", outlook.frames},
                                   {"steps", outlook.steps},
                                   {"batch", outlook.batch},
                                   {"device", outlook.device},
                                   {"dtype", compute_dtype_name(outlook.dtype)},
                                   {"device_bytes", outlook.device_bytes},
                                   {"host_free_bytes", outlook.host_free_bytes},
                                   {"budget_bytes", budget_bytes},
                                   {"feasible", plan.has_value()},
                                   {"minimum_budget_bytes", minimum_budget_bytes(outlook)},
                                   {"minimum_exact_budget_bytes", minimum_budget_bytes(outlook, /*exact_only=*/true)}};
    nlohmann::ordered_json stages = nlohmann::ordered_json::array();
    if (plan) {
        for (const StagePlan& stage : plan->stages) {
            stages.push_back({{"name", stage_name(stage.stage)},
                              {"component", stage.component},
                              {"predicted_peak_bytes", stage.predicted_peak_bytes},
                              {"predicted_host_bytes", stage.predicted_host_bytes},
                              {"predicted_seconds", stage.predicted_seconds}});
        }
        json["plan"] = plan_stages_json(*plan);
        json["stages"] = std::move(stages);
        json["peak_bytes"] = plan->predicted_peak_bytes();
        json["seconds_total"] = plan->predicted_seconds();
        json["why"] = why(*plan, outlook);
    } else {
        json["plan"] = nullptr;
        json["stages"] = std::move(stages);
        json["why"] = plan.error().message;
    }
    nlohmann::ordered_json marks = nlohmann::ordered_json::array();
    for (const PlanBreakpoint& mark : breakpoints(outlook)) {
        marks.push_back(
            {{"budget_bytes", mark.budget_bytes}, {"seconds", mark.seconds}, {"what", mark.what}, {"exact", mark.exact}});
    }
    json["breakpoints"] = std::move(marks);
    json["alternatives"] = remedies_json(outlook);
    return json;
}

std::string how_text(const StagePlan& stage)
{
    std::string text = residency_name(stage.weights.residency);
    std::ranges::replace(text, '_', ' ');
    if (stage.weights.residency == memory::Residency::Streamed) {
        text += fmt::format(" ({} resident, {} slots)", stage.weights.resident_blocks, stage.weights.slots);
    }
    if (stage.stage == Stage::Denoise) {
        if (stage.denoise.guidance != GuidanceOrder::Sequential)
            text += fmt::format(", guidance {}", guidance_name(stage.denoise.guidance));
        if (stage.denoise.token_rows > 0) text += fmt::format(", {} tokens at a time", stage.denoise.token_rows);
        if (stage.denoise.head_groups > 1) text += fmt::format(", heads in {} groups", stage.denoise.head_groups);
    } else if (stage.stage != Stage::EncodeText) {
        text += ", " + vae_method_text(stage.vae);
        if (stage.vae.latents_per_chunk > 1) text += fmt::format(", {} latents a chunk", stage.vae.latents_per_chunk);
        if (stage.vae.cache == CachePlace::Host) text += ", cache on the host";
    }
    if (stage.kept_before) text += ", left there by the run before";
    if (stage.prefetch == Prefetch::Ahead) text += ", its files fetched ahead";
    if (stage.prefetch == Prefetch::NoRoom) {
        text += fmt::format(", not fetched ahead: {} of files don't fit into the computer's memory",
                            format_byte_size(stage.file_bytes));
    }
    return stage.exact ? text : "≈ " + text;
}

void print_table(const PlanOutlook& outlook, std::int64_t budget_bytes, const Plan& plan)
{
    fmt::print("{}: {}×{}, {}, {}, batch {}\n", outlook.model_name, outlook.width, outlook.height,
               counted(outlook.frames, "frame"), counted(outlook.steps, "step"), outlook.batch);
    fmt::print("{} in {}: {} of {} allowed, {} is the least that works\n\n", plan.device, compute_dtype_name(plan.dtype),
               format_byte_size(budget_bytes), format_byte_size(outlook.device_bytes),
               format_byte_size(minimum_budget_bytes(outlook)));
    fmt::print("  {:<14} {:>10} {:>10}  {}\n", "component", "peak", "seconds", "how");
    for (const StagePlan& stage : plan.stages) {
        fmt::print("  {:<14} {:>10} {:>10.1f}  {}\n", stage.component, format_byte_size(stage.predicted_peak_bytes),
                   stage.predicted_seconds, how_text(stage));
    }
    fmt::print("  {:<14} {:>10} {:>10.1f}\n\n{}\n", "in all", format_byte_size(plan.predicted_peak_bytes()),
               plan.predicted_seconds(), why(plan, outlook));
    bool first = true;
    for (const PlanBreakpoint& mark : breakpoints(outlook)) {
        if (mark.what.empty()) continue;
        if (first) fmt::print("\n");
        first = false;
        fmt::print("  {:>10}  {:>8.1f} s  {}\n", format_byte_size(mark.budget_bytes), mark.seconds, mark.what);
    }
}

class PlanVerb final : public Verb {
public:
    explicit PlanVerb(CLI::App& app)
    {
        CLI::App* verb = app.add_subcommand("plan", "Show how a request would be run, and what it needs, without running it");
        verb->add_option("--model", m_model,
                         "model folder, or a model of the catalog such as wan2.1-t2v-14b (default: the demo model)")
            ->type_name("DIR")
            ->check(file_name());
        verb->add_option("--prompt", m_request.prompt, "plan for this prompt (default: one as long as the text encoders take)")
            ->type_name("TEXT");
        verb->add_option("--negative-prompt", m_request.negative_prompt, "and this negative prompt (default: empty)")
            ->type_name("TEXT");
        declare_clip(*verb, m_request);
        verb->add_option("--batch", m_request.batch, "clips to make (default 1)")->type_name("N")->transform(whole_number());
        m_compute.declare(*verb);
        verb->add_option("--device-memory", m_device_memory,
                         "plan for a card of this size that is not there: a number with MiB, GiB, MB or GB")
            ->type_name("SIZE");
        verb->add_option("--host-memory", m_host_memory,
                         "plan as if so much of the computer's memory were free (default: what is)")
            ->type_name("SIZE");
        verb->add_flag("--json", m_json, "print JSON");
        verb->add_flag("--quiet", m_quiet, "nothing but errors on standard error");
    }

    Result<void> run(Engine& engine, std::stop_token) override
    {
        m_request.execution = TRY(m_compute.execution());
        m_request.model_dir = m_model;
        if (!m_device_memory.empty())
            m_request.execution.device_memory_bytes = TRY(parse_size_option("--device-memory", m_device_memory));
        if (!m_host_memory.empty())
            m_request.execution.host_memory_bytes = TRY(parse_size_option("--host-memory", m_host_memory));
        const PlanOutlook outlook = TRY(engine.outlook(m_request));
        const std::int64_t budget_bytes = m_request.execution.budget_bytes.value_or(outlook.auto_budget_bytes);
        const Result<Plan> plan = plan_for_now(outlook, budget_bytes);
        if (m_json) {
            fmt::print("{}\n", json_text(outlook_json(outlook, budget_bytes, plan)));
        } else if (plan && !m_quiet) {
            print_table(outlook, budget_bytes, *plan);
        }
        if (!plan) return tl::unexpected(plan.error());
        return {};
    }

private:
    GenerateRequest m_request;
    ComputeOptions m_compute;
    std::string m_model;
    std::string m_device_memory;
    std::string m_host_memory;
    bool m_json = false;
    bool m_quiet = false;
};

}  // namespace

std::unique_ptr<Verb> make_plan_verb(CLI::App& app)
{
    return std::make_unique<PlanVerb>(app);
}

}  // namespace headroom::app
