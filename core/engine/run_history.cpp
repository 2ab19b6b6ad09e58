#include "core/engine/run_history.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/engine/plan_json.h"
#include "core/engine/state_file.h"

namespace headroom {

namespace {

constexpr std::size_t kMostRuns = 7;
constexpr std::size_t kMostKinds = 400;
constexpr const char* kWorkspace = " | workspace";
constexpr double kLeastFactor = 0.1;
constexpr double kMostFactor = 10;

std::string key_of(const RunKind& kind, Stage stage, const std::string& component)
{
    return fmt::format("{} | {} | {} | {} | {}", kind.model, kind.device, kind.dtype, stage_name(stage), component);
}

/// The value at a share of the sorted numbers, between neighbours in proportion.
double quantile(const std::vector<double>& sorted, double share)
{
    const double place = share * double(sorted.size() - 1);
    const auto below = std::size_t(place);
    const auto above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - double(below)) * (sorted[above] - sorted[below]);
}

bool usable(double number)
{
    return std::isfinite(number) && number > 0;
}

}  // namespace

RunKind run_kind(const std::string& model, const DeviceInfo& device, ComputeDtype dtype)
{
    return {model, device.device.is_cpu() ? device.name : device.name + ' ' + device.description, compute_dtype_name(dtype)};
}

RunHistory::RunHistory(std::filesystem::path state_dir) : m_path(std::move(state_dir) / "run_history.json")
{
    const nlohmann::json state = read_state(m_path);
    for (const auto& [key, list] : state.items()) {
        if (!list.is_array()) continue;
        std::vector<double> ratios;
        for (const auto& entry : list) {
            if (entry.is_number() && usable(entry.get<double>())) ratios.push_back(entry.get<double>());
        }
        if (ratios.size() > kMostRuns) ratios.erase(ratios.begin(), ratios.end() - kMostRuns);
        if (!ratios.empty()) m_lists[key] = std::move(ratios);
    }
}

Correction RunHistory::correction(const RunKind& kind, Stage stage, const std::string& component) const
{
    const auto known = m_lists.find(key_of(kind, stage, component));
    if (known == m_lists.end()) return {};
    std::vector<double> sorted = known->second;
    std::ranges::sort(sorted);
    const double median = quantile(sorted, 0.5);
    return {.factor = std::clamp(median, kLeastFactor, kMostFactor),
            .runs = int(sorted.size()),
            .spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2 / median};
}

void RunHistory::note(const RunKind& kind, Stage stage, const std::string& component, double factor, double predicted_seconds,
                      double measured_seconds)
{
    const double ratio = measured_seconds * factor / predicted_seconds;
    if (!usable(predicted_seconds) || !usable(measured_seconds) || !usable(ratio)) return;
    append(key_of(kind, stage, component), ratio);
}

std::int64_t RunHistory::workspace_bytes(const RunKind& kind, Stage stage, const std::string& component) const
{
    const auto known = m_lists.find(key_of(kind, stage, component) + kWorkspace);
    return known == m_lists.end() ? 0 : std::int64_t(std::ranges::max(known->second));
}

void RunHistory::note_workspace(const RunKind& kind, Stage stage, const std::string& component, std::int64_t needed_bytes)
{
    if (needed_bytes > 0) append(key_of(kind, stage, component) + kWorkspace, double(needed_bytes));
}

void RunHistory::append(const std::string& key, double number)
{
    if (!m_lists.contains(key) && m_lists.size() >= kMostKinds) return;
    std::vector<double>& numbers = m_lists[key];
    numbers.push_back(number);
    if (numbers.size() > kMostRuns) numbers.erase(numbers.begin());
}

void RunHistory::save() const
{
    nlohmann::json state = nlohmann::json::object();
    for (const auto& [key, numbers] : m_lists) state[key] = numbers;
    write_state(m_path, state);
}

}  // namespace headroom
