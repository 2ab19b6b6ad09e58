// Seconds of a denoising step's forward of a small Wan transformer with random weights, and its peak above the weights: 6
// layers of 3 heads of 64 channels, 576 tokens (128x128 pixels, 33 frames), 512 text rows of which 12 are real.
// bench_transformer.py times diffusers alike.
//
//     bench_transformer [threads] [forwards]

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <fmt/core.h>

#include "core/models/wan/transformer.h"
#include "core/tensor/host_memory.h"
#include "tests/support/golden_tensors.h"

using namespace headroom;
using namespace headroom::models::wan;

namespace {

test::Tensors random_weights(Transformer& transformer)
{
    test::Tensors tensors;
    for (const nn::ParameterBlock* block : transformer.blocks()) {
        for (const nn::Parameter* parameter : block->parameters) {
            tensors[parameter->name] = at::randn(parameter->shape).mul_(0.05);
        }
    }
    return tensors;
}

void measure(const char* name, Transformer& transformer, memory::WeightSource& weights, TextKeys text_keys, int forwards)
{
    Tensor text = at::zeros({1, 512, 64});
    text.narrow(1, 0, 12).normal_();
    const Tensor latents = at::randn({1, 16, 9, 16, 16});
    const std::int64_t before = HostMemory::live_bytes();
    HostMemory::restart_peak();
    TextContext context = transformer.embed_text(text, 0, weights, text_keys);
    std::vector<double> milliseconds;
    for (int i = 0; i < forwards; ++i) {
        const auto start = std::chrono::steady_clock::now();
        transformer.forward(latents, 1000.0 - i, context, weights).value();
        milliseconds.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::ranges::sort(milliseconds);
    fmt::print("{}: fastest {:.1f} ms, median {:.1f} ms, peak above the weights {:.2f} MB\n", name, milliseconds.front(),
               milliseconds[milliseconds.size() / 2], double(HostMemory::peak_bytes() - before) / 1e6);
}

}  // namespace

int main(int argc, char** argv)
{
    const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
    const int forwards = argc > 2 ? std::atoi(argv[2]) : 20;
    at::set_num_threads(threads);
    HostMemory::start_counting();
    TransformerConfig config;
    config.num_attention_heads = 3;
    config.attention_head_dim = 64;
    config.text_dim = 64;
    config.ffn_dim = 768;
    config.num_layers = 6;
    Transformer transformer(config);
    test::TestWeights weights(random_weights(transformer));
    fmt::print("{} threads\n", threads);
    measure("text keys kept", transformer, weights, TextKeys::Keep, forwards);
    measure("text keys recomputed", transformer, weights, TextKeys::Recompute, forwards);
}
