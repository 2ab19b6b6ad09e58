#include "core/engine/card_measuring.h"

#include <algorithm>
#include <functional>
#include <vector>

#include <ATen/ops/empty.h>
#include <torch/headeronly/version.h>

#include "core/base/byte_size.h"
#include "core/engine/guarded.h"
#include "core/engine/state_file.h"
#include "core/nn/attention.h"
#include "core/nn/conv2d.h"
#include "core/nn/conv3d.h"
#include "core/nn/linear.h"
#include "core/tensor/dry_run.h"
#include "core/tensor/dtype.h"

namespace headroom {

namespace {

constexpr const char* kFileName = "card_terms.json";
constexpr const char* kContext = "context_bytes";
constexpr const char* kWorkspace = "workspace_bytes";

// CUDA's context with the kernels that LibTorch loads, and a cuBLAS workspace of a large card's.
constexpr std::int64_t kUsualContextBytes = 450 * kMiB;
constexpr std::int64_t kUsualWorkspaceBytes = 32 * kMiB;

// How much more than a stage's tensors LibTorch's allocator must be given for the stage to run: the largest need over the
// decoders and transformers of the catalog, bisected with growing segments in pages of 12 MiB (100 MiB beside 0.8 GiB, 140 MiB
// beside 1.4 GiB, 240 MiB beside 6.5 GiB), and the page that the wall keeps back.
constexpr std::int64_t kAllocatorBytes = 112 * kMiB;
constexpr double kAllocatorShare = 0.03;

/// Makes a tensor without numbers where a probe runs: on the card or on meta.
using Make = std::function<Tensor(std::vector<std::int64_t>)>;
using Probe = void (*)(const Make&);

// Sizes of a mid-sized request: large enough for the kernels that real requests take, and some 200 MiB at most.
constexpr Probe kProbes[] = {
    [](const Make& make) {
        nn::linear(make({1, 4096, 2048}), make({2048, 2048}), make({2048}));
    },
    [](const Make& make) {
        const Tensor query = make({1, 4096, 16, 128});
        nn::attention(query, query, query);
    },
    [](const Make& make) {
        nn::conv2d_same(make({4, 240, 416, 96}), make({96, 96, 3, 3}), make({96}));
    },
    [](const Make& make) {
        nn::conv3d(make({6, 1, 240, 416, 96}), make({96, 96, 3, 3, 3}), make({96}), {}, 1);
    },
};

Make make_on(at::Device device, at::ScalarType dtype)
{
    return [options = at::TensorOptions().dtype(dtype).device(device)](std::vector<std::int64_t> shape) {
        return at::empty(shape, options);
    };
}

std::int64_t forecast_bytes(const Probe& probe, at::ScalarType dtype)
{
    const DryRun run(ImitatedDevice::Cuda, 1);
    probe(make_on(at::kMeta, dtype));
    return run.peak_bytes();
}

std::int64_t largest_workspace(const Devices& devices, at::Device card, at::ScalarType dtype)
{
    devices.restart_peak(card);
    const std::int64_t before = devices.tensor_peak_bytes(card);
    std::int64_t largest = 0;
    for (const Probe& probe : kProbes) {
        devices.restart_peak(card);
        probe(make_on(card, dtype));
        largest = std::max(largest, devices.tensor_peak_bytes(card) - before - forecast_bytes(probe, dtype));
    }
    devices.release_cached(card);
    devices.restart_peak(card);
    return largest;
}

std::string key_of(const DeviceInfo& card)
{
    return fmt::format("{} | {} | LibTorch {}", card.name, card.description, TORCH_VERSION);
}

std::string workspace_of(at::ScalarType dtype)
{
    return fmt::format("{} {}", kWorkspace, dtype_name(dtype));
}

std::int64_t context_of(const nlohmann::json& entry, const DeviceInfo& card)
{
    return std::max(card.context_bytes, std::int64_t(positive_of(entry, kContext).value_or(0)));
}

}  // namespace

CardTerms card_terms(const Devices& devices, const DeviceInfo& card, at::ScalarType dtype, const std::filesystem::path& state_dir)
{
    nlohmann::json state = read_state(state_dir / kFileName);
    nlohmann::json& entry = state[key_of(card)];
    if (const auto known = positive_of(entry, workspace_of(dtype))) {
        return {context_of(entry, card), std::int64_t(*known), kAllocatorBytes, kAllocatorShare};
    }
    CardTerms terms = assumed_card_terms();
    const auto measured = guarded([&]() -> Result<void> {
        terms.workspace_bytes = std::max<std::int64_t>(1, largest_workspace(devices, card.device, dtype));
        terms.context_bytes = context_of(entry, TRY(devices.find(card.name)));
        return {};
    });
    if (!measured) return assumed_card_terms();
    if (terms.context_bytes == 0) terms.context_bytes = kUsualContextBytes;  // the driver's library doesn't tell
    entry[workspace_of(dtype)] = terms.workspace_bytes;
    entry[kContext] = terms.context_bytes;
    write_state(state_dir / kFileName, state);
    return terms;
}

void note_context(const DeviceInfo& card, const std::filesystem::path& state_dir)
{
    nlohmann::json state = read_state(state_dir / kFileName);
    nlohmann::json& entry = state[key_of(card)];
    if (card.context_bytes <= std::int64_t(positive_of(entry, kContext).value_or(0))) return;
    entry[kContext] = card.context_bytes;
    write_state(state_dir / kFileName, state);
}

CardTerms assumed_card_terms()
{
    return {kUsualContextBytes, kUsualWorkspaceBytes, kAllocatorBytes, kAllocatorShare};
}

}  // namespace headroom
