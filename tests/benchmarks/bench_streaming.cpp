// What streaming costs on this machine's CPU: seconds of some forwards of a transformer with random bfloat16 weights in a
// temporary file, with all blocks resident and with all streamed through 1, 2 and 3 slots, as ratios. Ratios on the wall need an
// idle machine. 8 layers of 10 heads of 64 channels; more tokens hide more of the copying.
//
//     bench_streaming [threads] [forwards] [fp32|bf16]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/randn.h>
#include <fmt/core.h>
#include <unistd.h>

#include "core/base/byte_size.h"
#include "core/files/safetensors_writer.h"
#include "core/files/weight_index.h"
#include "core/memory/planned_weights.h"
#include "core/models/wan/transformer.h"
#include "core/tensor/dtype.h"
#include "core/tensor/host_memory.h"

using namespace headroom;
using namespace headroom::models::wan;

namespace {

TransformerConfig middle_size()
{
    TransformerConfig config;
    config.num_attention_heads = 10;
    config.attention_head_dim = 64;
    config.text_dim = 64;
    config.ffn_dim = 2560;
    config.num_layers = 8;
    return config;
}

/// A component's folder that is gone with the object.
class WeightFolder {
public:
    explicit WeightFolder(Transformer& transformer)
        : m_path(std::filesystem::temp_directory_path() / fmt::format("bench_streaming-{}", getpid()))
    {
        std::filesystem::create_directories(m_path);
        std::vector<Tensor> values;
        std::vector<files::TensorEntry> entries;
        for (const nn::ParameterBlock* block : transformer.blocks()) {
            for (const nn::Parameter* parameter : block->parameters) {
                values.push_back(at::randn(parameter->shape).mul_(0.03).to(at::kBFloat16));
                entries.push_back({parameter->name,
                                   files::StoredDtype::BF16,
                                   parameter->shape,
                                   {static_cast<const std::byte*>(values.back().const_data_ptr()), values.back().nbytes()}});
            }
        }
        const auto written = files::write_safetensors(m_path / "diffusion_pytorch_model.safetensors", entries);
        if (!written) throw std::runtime_error(written.error().message);
    }
    ~WeightFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    const std::filesystem::path& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

/// Of one forward: on the wall, and of all threads together on processors, which other programs disturb less.
struct Cost {
    double seconds = 0;
    double processor_seconds = 0;
};

double processor_seconds()
{
    return double(std::clock()) / CLOCKS_PER_SEC;
}

/// The medians of the forwards after the first, which loads what stays.
Cost median_cost(Transformer& transformer, memory::WeightSource& weights, std::int64_t size, int forwards)
{
    const Tensor latents = at::randn({1, 16, 5, size, size});
    TextContext context = transformer.embed_text(at::randn({1, 32, 64}), 480, weights);
    std::vector<double> seconds, processor;
    for (int i = 0; i <= forwards; ++i) {
        const auto start = std::chrono::steady_clock::now();
        const double processor_start = processor_seconds();
        transformer.forward(latents, 1000.0 - i, {&context, 1}, weights).value();
        if (i == 0) continue;
        seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        processor.push_back(processor_seconds() - processor_start);
    }
    std::ranges::sort(seconds);
    std::ranges::sort(processor);
    return {seconds[seconds.size() / 2], processor[processor.size() / 2]};
}

}  // namespace

int main(int argc, char** argv)
{
    at::set_num_threads(argc > 1 ? std::atoi(argv[1]) : 1);
    const int forwards = argc > 2 ? std::max(1, std::atoi(argv[2])) : 5;
    const auto dtype = parse_dtype(argc > 3 ? argv[3] : "fp32").value();
    HostMemory::start_counting();
    Transformer transformer(middle_size());
    const WeightFolder folder(transformer);
    const files::WeightIndex index = files::WeightIndex::open(folder.path()).value();
    fmt::print("{} weights, stored in bf16, computed in {}, {} threads\n", format_byte_size(index.total_bytes()),
               dtype_name(dtype), at::get_num_threads());
    fmt::print("resident: seconds; slots: times those on the wall (and of processor time)\n");
    fmt::print("{:>8} {:>16} {:>14} {:>14} {:>14}\n", "tokens", "resident", "1 slot", "2 slots", "3 slots");
    for (const std::int64_t size : {8, 16, 32}) {
        const auto cost_of = [&](const memory::WeightPlan& plan) {
            memory::KeptWeights kept;
            memory::PlannedWeightSources sources(plan, at::kCPU, dtype, kept);
            return median_cost(transformer, *sources.open(&index, transformer.blocks()), size, forwards);
        };
        const Cost resident = cost_of({memory::Residency::WhileStageRuns});
        fmt::print("{:>8} {:>7.3f} ({:>6.3f})", 5 * size * size / 4, resident.seconds, resident.processor_seconds);
        for (const int slots : {1, 2, 3}) {
            const Cost streamed = cost_of({memory::Residency::Streamed, 0, slots});
            fmt::print(" {:>6.2f} ({:>5.2f})", streamed.seconds / resident.seconds,
                       streamed.processor_seconds / resident.processor_seconds);
        }
        fmt::print("\n");
        std::fflush(stdout);
    }
}
