#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/device/devices.h"
#include "core/engine/events.h"
#include "core/engine/request.h"

namespace headroom {

/// Runs are compared with runs of the same model in the same dtype on the same device.
struct RunKind {
    std::string model;   ///< ModelInfo::display_name.
    std::string device;  ///< DeviceInfo::name and, of a card, description.
    std::string dtype;   ///< "bf16".
};
RunKind run_kind(const std::string& model, const DeviceInfo& device, ComputeDtype dtype);

/// What history says of a stage.
struct Correction {
    /// What a prediction by work and rates alone is multiplied with: the median of the last runs, within [0.1, 10].
    double factor = 1;
    int runs = 0;       ///< How many it rests on.
    double spread = 0;  ///< Half of the range of their middle part (quartiles) over the median: ±8 % is 0.08.
};

/// How long stages took on this machine against what was predicted, and what memory they needed besides, kept in a file of the
/// state folder. A damaged file is an empty history. One thread uses an object.
class RunHistory {
public:
    /// Reads `state_dir`/run_history.json.
    explicit RunHistory(std::filesystem::path state_dir);

    /// Of a stage as this component computes it.
    Correction correction(const RunKind& kind, Stage stage, const std::string& component) const;

    /// Notes a stage that was run to its end. `predicted_seconds` is the plan's, `factor` the correction it was made with. Says
    /// nothing of stages that were not predicted or took no time.
    void note(const RunKind& kind, Stage stage, const std::string& component, double factor, double predicted_seconds,
              double measured_seconds);

    /// What the stage needed of the device at most, in the last runs, beside the tensors that were forecast: libraries'
    /// workspace. 0 where nothing is known.
    std::int64_t workspace_bytes(const RunKind& kind, Stage stage, const std::string& component) const;
    void note_workspace(const RunKind& kind, Stage stage, const std::string& component, std::int64_t needed_bytes);

    /// Writes the file, as a whole. What can't be written is forgotten.
    void save() const;

private:
    std::filesystem::path m_path;
    void append(const std::string& key, double number);

    /// Key → measured over predicted without a factor, or bytes of workspace; latest last.
    std::map<std::string, std::vector<double>> m_lists;
};

}  // namespace headroom
