// Seconds and memory of Wan's decoder with random weights, by method, as a table. bench_vae_decode.py times diffusers alike, and
// decode_growth.py holds both against each other.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include "core/base/byte_size.h"
#include "core/models/wan/vae_decoder.h"
#include "core/tensor/host_memory.h"

using namespace headroom;

namespace {

struct Shape {
    const char* name;
    std::int64_t base_dim;
    std::int64_t num_res_blocks;
    std::int64_t latent_frames;
    std::int64_t height;
    std::int64_t width;
};

constexpr Shape kShapes[] = {
    {"demo", 8, 1, 7, 12, 12},        // 96×96, 25 frames
    {"demo_large", 8, 1, 9, 16, 16},  // 128×128, 33 frames
    {"middle", 32, 2, 3, 30, 52},     // a third of Wan 2.1's widths, 416×240, 9 frames
    {"wan", 96, 2, 3, 16, 16},        // Wan 2.1's widths, 128×128, 9 frames
};

struct Method {
    std::string name;
    VaePlan how;
};

std::vector<Method> methods()
{
    std::vector<Method> all{{"whole", {}}};
    for (const int count : {2, 3, 4, 6, 8}) {
        VaePlan how;
        how.method = VaeMethod::Strips;
        how.strips = count;
        all.push_back({fmt::format("strips:{}", count), how});
    }
    for (const int size : {256, 128, 64}) {
        VaePlan how;
        how.method = VaeMethod::Tiles;
        how.tiles = {size, size, size * 3 / 4, size * 3 / 4};
        all.push_back({fmt::format("tiles:{}", size), how});
    }
    return all;
}

struct Settings {
    int threads = 2;
    int repeats = 3;
    std::string shape;
    std::string method;
    std::int64_t latent_frames = 0;  ///< 0: the shape's.
    int latents_per_chunk = 1;
    at::ScalarType dtype = at::kFloat;
};

/// Holds random weights of a model, always resident.
class RandomWeights : public memory::WeightSource {
public:
    RandomWeights(const std::vector<nn::ParameterBlock*>& blocks, at::ScalarType dtype)
    {
        for (nn::ParameterBlock* block : blocks) {
            for (nn::Parameter* parameter : block->parameters) {
                std::int64_t inputs = 1;
                for (std::size_t i = 1; i < parameter->shape.size(); ++i) inputs *= parameter->shape[i];
                const bool is_gamma = parameter->name.ends_with("gamma");
                parameter->value =
                    (is_gamma ? at::ones(parameter->shape) : at::randn(parameter->shape).mul_(1 / std::sqrt(double(inputs))))
                        .to(dtype);
            }
        }
    }

protected:
    void fetch(nn::ParameterBlock&) override {}
    void release(nn::ParameterBlock&) override {}
};

double resident_peak_mib()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_maxrss) / 1024;
}

double cpu_seconds()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + 1e-6 * double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

struct Figures {
    double seconds = 0;
    double cpu_seconds = 0;  ///< Of all threads: what a busy machine changes less.
    double peak_mib = 0;     ///< Counted above weights and latents.
    double cache_mib = 0;    ///< Of that, kept between chunks.
    double resident_mib = 0;
};

// Runs the decode `repeats` times; the least seconds count.
Figures measure(const Shape& shape, const Method& method, const Settings& settings)
{
    models::wan::VaeConfig config;
    config.base_dim = shape.base_dim;
    config.num_res_blocks = shape.num_res_blocks;
    models::wan::VaeDecoder decoder(config);
    RandomWeights weights(decoder.blocks(), settings.dtype);
    const Tensor latents = at::randn({1, config.z_dim, shape.latent_frames, shape.height, shape.width});
    VaePlan how = method.how;
    how.latents_per_chunk = settings.latents_per_chunk;

    const std::int64_t before_bytes = HostMemory::live_bytes();
    const double before_mib = resident_peak_mib();
    HostMemory::restart_peak();
    Figures figures;
    for (int i = 0; i < settings.repeats; ++i) {
        const auto start = std::chrono::steady_clock::now();
        const double cpu_start = cpu_seconds();
        auto decoding = decoder.begin(latents, how, weights);
        while (*decoding->next()) figures.cache_mib = double(decoding->past_bytes()) / double(kMiB);
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        const double cpu = cpu_seconds() - cpu_start;
        figures.seconds = i == 0 ? seconds : std::min(figures.seconds, seconds);
        figures.cpu_seconds = i == 0 ? cpu : std::min(figures.cpu_seconds, cpu);
    }
    figures.peak_mib = double(HostMemory::peak_bytes() - before_bytes) / double(kMiB);
    figures.resident_mib = resident_peak_mib() - before_mib;
    return figures;
}

void run(Shape shape, const Settings& settings)
{
    if (settings.latent_frames > 0) shape.latent_frames = settings.latent_frames;
    fmt::print("{}: {}×{}, {} frames, {} a chunk\n", shape.name, shape.width * 8, shape.height * 8, 4 * shape.latent_frames - 3,
               settings.latents_per_chunk);
    fmt::print("{:<10} {:>9} {:>9} {:>6} {:>9} {:>6} {:>9} {:>13}\n", "method", "seconds", "CPU s", "ratio", "peak MiB", "ratio",
               "cache MiB", "resident MiB");
    Figures whole;
    for (const Method& method : methods()) {
        if (!settings.method.empty() && settings.method != method.name) continue;
        const Figures figures = measure(shape, method, settings);
        if (whole.seconds == 0) whole = figures;
        fmt::print("{:<10} {:>9.3f} {:>9.3f} {:>6.2f} {:>9.1f} {:>6.2f} {:>9.1f} {:>13.1f}\n", method.name, figures.seconds,
                   figures.cpu_seconds, figures.cpu_seconds / whole.cpu_seconds, figures.peak_mib,
                   figures.peak_mib / whole.peak_mib, figures.cache_mib, figures.resident_mib);
        std::fflush(stdout);
    }
}

}  // namespace

int main(int argc, char** argv)
{
    Settings settings;
    CLI::App app(
        "Seconds and memory of Wan's decoder. Ratios are to the first method of the table. The resident peak is the process's, "
        "so "
        "it means something with one --shape and one --method only.");
    bool bf16 = false;
    app.add_option("--threads", settings.threads, "Threads (2)");
    app.add_option("--repeats", settings.repeats, "Decodes; the fastest counts (3)");
    app.add_option("--shape", settings.shape, "demo, demo_large, middle or wan; all without");
    app.add_option("--method", settings.method, "A row of the table, as strips:4; all without");
    app.add_option("--latent-frames", settings.latent_frames, "Instead of the shape's");
    app.add_option("--latents-per-chunk", settings.latents_per_chunk, "1 or 2");
    app.add_flag("--bf16", bf16, "Compute in bfloat16");
    CLI11_PARSE(app, argc, argv);
    if (bf16) settings.dtype = at::kBFloat16;

    at::set_num_threads(settings.threads);
    HostMemory::start_counting();
    for (const Shape& shape : kShapes) {
        if (settings.shape.empty() || settings.shape == shape.name) run(shape, settings);
    }
}
