#include "core/engine/outlook_maker.h"

#include <algorithm>
#include <utility>

#include <ATen/Parallel.h>

#include "core/base/byte_size.h"
#include "core/engine/card_measuring.h"
#include "core/engine/compute_dtype.h"
#include "core/engine/cpu_dtype.h"
#include "core/engine/forecasting.h"
#include "core/engine/guarded.h"
#include "core/engine/machine_rates.h"
#include "core/engine/plan_choice.h"
#include "core/engine/plan_json.h"
#include "core/engine/prompt_embeddings.h"
#include "core/engine/run_history.h"
#include "core/planner/remedies.h"

namespace headroom {

namespace {

// What the automatic budget leaves to others: a tenth of what is free in the computer's memory, where swapping is near; on a card
// little, since only the screen's programs may grow.
constexpr double kHostMargin = 0.10;
constexpr double kCardMargin = 0.03;
// Older cards multiply bf16 in software, and LibTorch has no fused attention for it there: it would hold all scores at once.
constexpr int kBFloat16Capability = 80;

}  // namespace

/// The device a plan is for, be it there or not.
struct OutlookMaker::Target {
    DeviceInfo device;
    bool is_imagined = false;  ///< `--device-memory`: a card that is not there.
    bool is_cpu = true;
    ComputeDtype dtype = ComputeDtype::Float32;
    std::int64_t auto_budget_bytes = 0;
};

Result<OutlookMaker::Target> OutlookMaker::target(const ExecutionOptions& execution) const
{
    Target target;
    if (execution.device_memory_bytes) {
        target.is_imagined = true;
        target.is_cpu = execution.device == "cpu";
        target.device.name = target.is_cpu ? "cpu" : (execution.device == "auto" ? "cuda:0" : execution.device);
        TRY(check_device_name(execution.device));
        target.device.total_bytes = *execution.device_memory_bytes;
        target.device.free_bytes = *execution.device_memory_bytes;
    } else {
        target.device = TRY(m_devices.find(execution.device));
        target.is_cpu = target.device.device.is_cpu();
        // What this process holds already is part of its budget.
        target.device.free_bytes +=
            target.is_cpu ? m_kept.bytes_on(target.device.device) : target.device.own_bytes + target.device.context_bytes;
    }
    target.dtype = execution.dtype;
    const int capability = target.device.compute_capability;
    const bool is_without_bf16 = capability > 0 && capability < kBFloat16Capability;
    if (target.dtype == ComputeDtype::BFloat16 && is_without_bf16) {
        return fail(ErrorCode::Usage,
                    "--dtype bf16: {} computes no bf16 (compute capability {}.{}; 8.0 is needed). Give fp16 or auto",
                    target.device.name, capability / 10, capability % 10);
    }
    if (target.dtype == ComputeDtype::Auto) {
        target.dtype = target.is_cpu     ? compute_dtype(fastest_cpu_dtype(m_state_dir))
                       : is_without_bf16 ? ComputeDtype::Float16
                                         : ComputeDtype::BFloat16;
    }
    const double margin = target.is_cpu ? kHostMargin : kCardMargin;
    target.auto_budget_bytes = std::int64_t(double(target.device.free_bytes) * (1 - margin));
    return target;
}

Result<std::int64_t> OutlookMaker::budget_bytes(const ExecutionOptions& execution) const
{
    if (execution.budget_bytes) return *execution.budget_bytes;
    return TRY(target(execution)).auto_budget_bytes;
}

/// What an outlook and its remedies have in common: read once for all of them.
struct OutlookMaker::Machine {
    Target target;
    std::int64_t host_free_bytes = 0;
    std::map<std::string, std::int64_t> kept_bytes;
    MachineRates device_rates;
    MachineRates host_rates;
    CardTerms card;
    StageCorrections corrections;
    StageWorkspaces workspaces;
};

/// A card too full to be measured is taken to be a usual one, until there is room.
Result<MachineRates> OutlookMaker::card_rates(const Target& target, at::ScalarType dtype) const
{
    if (target.is_imagined) return assumed_card_rates(dtype);
    MachineRates rates = assumed_card_rates(dtype);
    const auto measured = guarded([&]() -> Result<void> {
        rates = machine_rates(target.device, dtype, m_state_dir);
        return {};
    });
    if (!measured && measured.error().code != ErrorCode::OutOfMemory) return tl::unexpected(measured.error());
    // What was measured with is no longer needed; others may want the card's memory.
    if (TRY(m_devices.find(target.device.name)).own_bytes > target.device.own_bytes)
        m_devices.release_cached(target.device.device);
    return rates;
}

Result<OutlookMaker::Machine> OutlookMaker::machine(const OutlookSubject& subject) const
{
    Machine machine{.target = TRY(target(subject.execution)),
                    .host_free_bytes = 0,
                    .kept_bytes = {},
                    .device_rates = {},
                    .host_rates = {},
                    .card = {},
                    .corrections = {},
                    .workspaces = {}};
    const Target& target = machine.target;
    const at::ScalarType dtype = scalar_type(target.dtype);
    const DeviceInfo host = TRY(m_devices.find("cpu"));
    const bool is_imagined_host = target.is_imagined && target.is_cpu;
    machine.host_free_bytes = subject.execution.host_memory_bytes.value_or(
        is_imagined_host ? target.device.free_bytes : host.free_bytes + m_kept.bytes_on(at::kCPU));
    machine.kept_bytes = kept_bytes(subject, target);
    // Before anything else computes on the card: kernels that are loaded already can't be measured.
    if (!target.is_cpu)
        machine.card = target.is_imagined ? assumed_card_terms() : card_terms(m_devices, target.device, dtype, m_state_dir);
    machine.host_rates = machine_rates(host, dtype, m_state_dir);
    machine.device_rates = target.is_cpu ? machine.host_rates : TRY(card_rates(target, dtype));
    if (!target.is_imagined)
        machine.device_rates.disk_bytes = machine.host_rates.disk_bytes = disk_rate(largest_weight_file(subject), m_state_dir);
    const RunHistory history(m_state_dir);
    const RunKind kind = run_kind(m_model.info().display_name, target.device, target.dtype);
    for (const StagePlan& stage : subject.chain) {
        const Correction known = history.correction(kind, stage.stage, stage.component);
        if (known.runs > 0) machine.corrections[{stage.stage, stage.component}] = known.factor;
        if (!target.is_cpu)
            machine.workspaces[{stage.stage, stage.component}] = history.workspace_bytes(kind, stage.stage, stage.component);
    }
    return machine;
}

/// What earlier runs left on the target of the components that the subject pins there.
std::map<std::string, std::int64_t> OutlookMaker::kept_bytes(const OutlookSubject& subject, const Target& target) const
{
    std::map<std::string, std::int64_t> kept;
    for (const StagePlan& stage : subject.chain) {
        const files::WeightIndex* weights = m_model.weight_files(stage.component);
        if (!weights || target.is_imagined) continue;
        const std::string name = memory::KeptWeights::name_of(*weights, target.device.device, scalar_type(target.dtype));
        if (const std::int64_t size_bytes = m_kept.size_bytes(name); size_bytes > 0) kept[stage.component] = size_bytes;
    }
    return kept;
}

/// The file that streaming would read most of; empty for a model that is known by its configs only.
std::filesystem::path OutlookMaker::largest_weight_file(const OutlookSubject& subject) const
{
    std::filesystem::path largest;
    std::uintmax_t largest_bytes = 0;
    std::error_code ignored;
    for (const StagePlan& stage : subject.chain) {
        for (const auto& entry : std::filesystem::directory_iterator(m_model.info().dir / stage.component, ignored)) {
            const std::uintmax_t size_bytes = entry.path().extension() == ".safetensors" ? entry.file_size(ignored) : 0;
            if (ignored || size_bytes <= largest_bytes) continue;
            largest_bytes = size_bytes;
            largest = entry.path();
        }
    }
    return largest;
}

Result<PlanSearch> OutlookMaker::search(const OutlookSubject& subject, const Machine& machine) const
{
    const Target& target = machine.target;
    const at::ScalarType dtype = scalar_type(target.dtype);
    const models::DenoiserShape denoiser = m_model.denoiser_shape(subject.size);
    const models::LatentSize latents = m_model.latent_size(subject.size);

    SearchFacts facts;
    facts.device = target.device.name;
    facts.device_is_host = target.is_cpu;
    facts.dtype = target.dtype;
    facts.device_bytes = target.device.total_bytes;
    facts.others_bytes = target.device.total_bytes - target.device.free_bytes;
    facts.auto_budget_bytes = target.auto_budget_bytes;
    facts.host_free_bytes = machine.host_free_bytes;
    facts.kept_bytes = machine.kept_bytes;
    facts.card = machine.card;
    facts.passes = m_model.uses_negative_prompt(subject.settings) ? 2 : 1;
    facts.batch = subject.batch;
    facts.tokens = denoiser.tokens;
    facts.heads = denoiser.heads;
    facts.latent_frames = latents.frames;
    facts.latent_height = latents.height;
    facts.width = subject.size.width;
    facts.height = subject.size.height;
    if (!target.is_imagined) {
        for (const auto& [component, tokens] : subject.tokens) {
            const PromptEmbeddings kept(m_model, component, m_state_dir, dtype, target.device.device.type());
            if (const auto size_bytes = kept.size_bytes(tokens)) facts.cached_encoders[component] = *size_bytes;
        }
    }
    const models::VaeTraits vae = m_model.vae_traits();
    facts.text_encoders = std::size_t(std::ranges::count(m_model.chain(), Stage::EncodeText, &StagePlan::stage));
    facts.vae_has_cache = vae.has_cache;
    facts.most_latents_per_chunk = vae.most_latents_per_chunk;
    facts.pins = subject.execution.pins;
    facts.host_rates = machine.host_rates;
    facts.device_rates = machine.device_rates;
    facts.corrections = machine.corrections;
    facts.workspaces = machine.workspaces;

    ForecastSubject forecast{.size = subject.size,
                             .batch = subject.batch,
                             .settings = subject.settings,
                             .tokens = subject.tokens,
                             .device = target.is_cpu ? ImitatedDevice::Cpu : ImitatedDevice::Cuda,
                             .threads = at::get_num_threads(),
                             .dtype = dtype};
    return PlanSearch::create(facts, subject.chain, [&model = m_model, forecast](const StagePlan& way) {
        return forecast_stage(model, way, forecast);
    });
}

PlanOutlook OutlookMaker::described(PlanOutlook outlook, const OutlookSubject& subject) const
{
    outlook.model_name = m_model.info().display_name;
    outlook.width = subject.size.width;
    outlook.height = subject.size.height;
    outlook.frames = subject.size.frames;
    outlook.steps = subject.settings.steps;
    outlook.batch = subject.batch;
    return outlook;
}

Result<PlanOutlook> OutlookMaker::settled(const OutlookSubject& subject, std::int64_t budget_bytes) const
{
    Machine machine = TRY(this->machine(subject));
    const PlanOutlook outlook = TRY(settled(subject, budget_bytes, machine));
    if (machine.kept_bytes.empty() || plan_within(outlook, budget_bytes)) return outlook;
    machine.kept_bytes.clear();
    return settled(subject, budget_bytes, machine);
}

Result<PlanOutlook> OutlookMaker::settled(const OutlookSubject& subject, std::int64_t budget_bytes, const Machine& machine) const
{
    PlanSearch search = TRY(this->search(subject, machine));
    TRY(search.settle(budget_bytes));
    return described(search.outlook(), subject);
}

Result<PlanOutlook> OutlookMaker::complete(const OutlookSubject& subject) const
{
    Machine machine = TRY(this->machine(subject));
    const std::int64_t budget = subject.execution.budget_bytes.value_or(machine.target.auto_budget_bytes);
    PlanOutlook outlook = TRY(complete(subject, machine));
    if (plan_within(outlook, budget)) return outlook;
    if (!machine.kept_bytes.empty()) {
        machine.kept_bytes.clear();
        outlook = TRY(complete(subject, machine));
        if (plan_within(outlook, budget)) return outlook;
    }
    outlook.remedies = TRY(remedies(subject, budget, machine));
    outlook.remedies_sought = true;
    return outlook;
}

Result<PlanOutlook> OutlookMaker::complete(const OutlookSubject& subject, const Machine& machine) const
{
    PlanSearch search = TRY(this->search(subject, machine));
    TRY(search.complete());
    return described(search.outlook(), subject);
}

Result<std::vector<Remedy>> OutlookMaker::remedies(const OutlookSubject& subject, std::int64_t budget_bytes,
                                                   const Machine& machine) const
{
    const ModelInfo& info = m_model.info();
    const auto& pins = subject.execution.pins;
    const RemedyFacts facts{.width = subject.size.width,
                            .height = subject.size.height,
                            .frames = subject.size.frames,
                            .width_rule = info.width_rule,
                            .height_rule = info.height_rule,
                            .frames_rule = info.frames_rule,
                            .vae_pinned_exact = pins.vae && *pins.vae != VaeMethod::Tiles};
    return find_remedies(facts, budget_bytes, [&](const RequestChange& change) {
        OutlookSubject changed = subject;
        changed.size = {change.width, change.height, change.frames};
        if (change.approximate) {
            changed.execution.pins.vae.reset();
            changed.execution.pins.strips.reset();
        }
        return settled(changed, budget_bytes, machine);
    });
}

}  // namespace headroom
