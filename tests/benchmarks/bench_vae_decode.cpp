// Seconds and memory of Wan's decoder with random weights, as a table. bench_vae_decode.py times diffusers alike.
//
//     bench_vae_decode [threads] [repeats] [shape] [latents a chunk]
//
// The shape is a row of kShapes ("demo"); without it every row is run. The resident peak is the process's, so only the
// first row of a process says what that row needs.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>

#include <ATen/Parallel.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <fmt/core.h>

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
    {"wan", 96, 2, 3, 16, 16},        // Wan 2.1's widths, 128×128, 9 frames
};

/// Holds random weights of a model, always resident.
class RandomWeights : public memory::WeightSource {
public:
    explicit RandomWeights(const std::vector<nn::ParameterBlock*>& blocks)
    {
        for (nn::ParameterBlock* block : blocks) {
            for (nn::Parameter* parameter : block->parameters) {
                std::int64_t inputs = 1;
                for (std::size_t i = 1; i < parameter->shape.size(); ++i) inputs *= parameter->shape[i];
                const bool is_gamma = parameter->name.ends_with("gamma");
                parameter->value = is_gamma ? at::ones(parameter->shape)
                                            : at::randn(parameter->shape).mul_(1 / std::sqrt(double(inputs)));
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

double decode_seconds(models::wan::VaeDecoder& decoder, memory::WeightSource& weights, const Tensor& latents,
                      std::int64_t latents_per_chunk)
{
    const auto start = std::chrono::steady_clock::now();
    auto decoding = decoder.begin(latents, latents_per_chunk, weights);
    while (*decoding->next()) {}
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void run(const Shape& shape, int repeats, std::int64_t latents_per_chunk)
{
    models::wan::VaeConfig config;
    config.base_dim = shape.base_dim;
    config.num_res_blocks = shape.num_res_blocks;
    models::wan::VaeDecoder decoder(config);
    RandomWeights weights(decoder.blocks());
    const Tensor latents = at::randn({1, config.z_dim, shape.latent_frames, shape.height, shape.width});
    const std::int64_t before_bytes = HostMemory::live_bytes();
    const double before_mib = resident_peak_mib();
    HostMemory::restart_peak();
    double best = decode_seconds(decoder, weights, latents, latents_per_chunk);
    for (int i = 1; i < repeats; ++i)
        best = std::min(best, decode_seconds(decoder, weights, latents, latents_per_chunk));
    const double counted_mib = double(HostMemory::peak_bytes() - before_bytes) / double(kMiB);
    fmt::print(
        "{:<11} {}x{} {} frames, {} a chunk {:>8.3f} s {:>8.1f} MiB counted above the weights {:>8.1f} MiB more "
        "resident\n",
        shape.name, shape.height * 8, shape.width * 8, config.pixel_frames(shape.latent_frames), latents_per_chunk,
        best, counted_mib, resident_peak_mib() - before_mib);
}

}  // namespace

int main(int argc, char** argv)
{
    at::set_num_threads(argc > 1 ? std::atoi(argv[1]) : 2);
    const int repeats = argc > 2 ? std::atoi(argv[2]) : 3;
    HostMemory::start_counting();
    for (const Shape& shape : kShapes) {
        if (argc > 3 && argv[3] != std::string(shape.name)) continue;
        for (std::int64_t latents_per_chunk : {1, 2}) {
            if (argc <= 4 || std::atoi(argv[4]) == latents_per_chunk) run(shape, repeats, latents_per_chunk);
        }
    }
}
