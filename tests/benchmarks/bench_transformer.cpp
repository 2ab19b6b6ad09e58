// Seconds of a denoising step's forward of a small Wan transformer with random weights, and its peak above weights and text in
// units of hidden ([tokens, dim]), in each form a plan may ask for, and how far its prediction is from the whole form's, relative
// to the largest number: 2 layers of 8 heads of 64 channels, 2304 tokens (256x256 pixels, 33 frames), 512 text rows of which 12
// are real. bench_transformer.py times diffusers alike.
//
//     bench_transformer [threads] [forwards] [fp32|bf16]

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <fmt/core.h>

#include "core/models/token_pieces.h"
#include "core/models/wan/transformer.h"
#include "core/tensor/dtype.h"
#include "core/tensor/host_memory.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/random_seed.h"

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

struct Form {
    const char* name;
    models::Pieces pieces;
    int prompts = 1;
    int batch = 1;
    TextKeys text_keys = TextKeys::Recompute;
};

// "Two prompts" is a step of guidance: side by side (interleaved) or as one batch.
const std::vector<Form> kForms{
    {.name = "whole", .pieces = {.token_rows = 1 << 20}},
    {.name = "usual", .pieces = {}},
    {.name = "usual, text keys kept", .pieces = {}, .text_keys = TextKeys::Keep},
    {.name = "512 rows", .pieces = {.token_rows = 512}},
    {.name = "256 rows", .pieces = {.token_rows = 256}},
    {.name = "64 rows", .pieces = {.token_rows = 64}},
    {.name = "2 groups", .pieces = {.token_rows = 256, .head_groups = 2}},
    {.name = "4 groups", .pieces = {.token_rows = 256, .head_groups = 4}},
    {.name = "8 groups", .pieces = {.token_rows = 256, .head_groups = 8}},
    {.name = "two prompts, interleaved", .pieces = {}, .prompts = 2},
    {.name = "two prompts, batched", .pieces = {}, .batch = 2},
};

/// Returns the first prediction of the last forward.
Tensor measure(const TransformerConfig& config, const test::Tensors& tensors, at::ScalarType dtype, const Form& form,
               int forwards, const Tensor& reference)
{
    Transformer transformer(config, form.pieces);
    test::TestWeights weights(tensors, dtype);
    test::seed_random_numbers();
    const Tensor text = at::randn({1, 12, 64}).expand({form.batch, -1, -1});
    const Tensor latents = at::randn({1, 16, 9, 32, 32}).expand({form.batch, -1, -1, -1, -1});
    const double hidden_bytes = 9 * 16 * 16 * double(config.inner_dim()) * double(c10::elementSize(dtype));
    std::vector<TextContext> contexts;
    for (int i = 0; i < form.prompts; ++i) {
        contexts.push_back(transformer.embed_text(text, 500, weights, form.text_keys));
    }
    const std::int64_t before = HostMemory::live_bytes();
    HostMemory::restart_peak();
    std::vector<double> milliseconds;
    Tensor predicted;
    for (int i = 0; i < forwards; ++i) {
        const auto start = std::chrono::steady_clock::now();
        predicted = transformer.forward(latents, 1000.0 - i, contexts, weights).value().front().narrow(0, 0, 1);
        milliseconds.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::ranges::sort(milliseconds);
    const double peak = double(HostMemory::peak_bytes() - before) / hidden_bytes;
    const double difference = reference.defined() ? test::relative_difference(predicted, reference) : 0;
    fmt::print("{:<26} {:8.1f} ms fastest {:8.1f} ms median   peak {:5.2f} times hidden   {:.1e} from whole\n", form.name,
               milliseconds.front(), milliseconds[milliseconds.size() / 2], peak, difference);
    return predicted;
}

}  // namespace

int main(int argc, char** argv)
{
    const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
    const int forwards = argc > 2 ? std::atoi(argv[2]) : 20;
    at::set_num_threads(threads);
    HostMemory::start_counting();
    const at::ScalarType dtype = argc > 3 ? parse_dtype(argv[3]).value() : at::kFloat;
    TransformerConfig config;
    config.num_attention_heads = 8;
    config.attention_head_dim = 64;
    config.text_dim = 64;
    config.ffn_dim = 1536;
    config.num_layers = 2;
    test::Tensors tensors;
    {
        Transformer transformer(config);
        for (auto& [name, tensor] : random_weights(transformer)) tensors[name] = tensor.to(dtype);
    }
    fmt::print("{} threads, {}\n", threads, dtype_name(dtype));
    Tensor whole;
    for (const Form& form : kForms) {
        const Tensor predicted = measure(config, tensors, dtype, form, forwards, whole);
        if (!whole.defined()) whole = predicted;
    }
}
