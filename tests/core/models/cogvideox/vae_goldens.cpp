#include "tests/core/models/cogvideox/vae_goldens.h"

#include <QtGlobal>

#include <cmath>
#include <utility>

#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <nlohmann/json.hpp>

#include "core/tensor/noise.h"

namespace headroom::test {

using namespace models::cogvideox;

namespace {

// The numbers of a case's shape and, behind them, its seed.
std::vector<std::int64_t> numbers_of(const Tensor& entry)
{
    std::vector<std::int64_t> numbers;
    for (std::int64_t i = 0; i < entry.numel(); ++i) numbers.push_back(entry[i].item<std::int64_t>());
    return numbers;
}

Tensor draw(const Tensors& cases, const std::string& name, std::int64_t channels)
{
    const auto numbers = numbers_of(cases.at(name + ".shape"));
    return NoiseStream(std::uint64_t(numbers[4])).normal({numbers[0], channels, numbers[1], numbers[2], numbers[3]});
}

}  // namespace

VaeConfig golden_config(const std::string& name)
{
    const char* usual = R"({"_class_name": "AutoencoderKLCogVideoX", "block_out_channels": [2, 4, 4, 8], "latent_channels": 4,
        "layers_per_block": 1, "norm_num_groups": 2, "temporal_compression_ratio": 4, "scaling_factor": 0.7})";
    const char* uneven = R"({"_class_name": "AutoencoderKLCogVideoX", "block_out_channels": [2, 4, 6], "latent_channels": 5,
        "layers_per_block": 2, "norm_num_groups": 2, "norm_eps": 1e-3, "temporal_compression_ratio": 2, "scaling_factor": 1.3})";
    const auto config = parse_vae_config(nlohmann::json::parse(name == "usual" ? usual : uneven), "config.json");
    if (!config) qFatal("%s", config.error().message.c_str());
    return *config;
}

Tensors golden_weights(const Tensors& cases)
{
    const std::string prefix = "weights.";
    Tensors weights;
    for (const auto& [name, value] : cases) {
        if (name.starts_with(prefix)) weights[name.substr(prefix.size())] = value;
    }
    return weights;
}

Tensors random_weights(const std::vector<nn::ParameterBlock*>& blocks)
{
    Tensors weights;
    for (const nn::ParameterBlock* block : blocks) {
        for (const nn::Parameter* parameter : block->parameters) {
            double inputs = 1;
            for (std::size_t i = 1; i < parameter->shape.size(); ++i) inputs *= double(parameter->shape[i]);
            weights[parameter->name] = at::randn(parameter->shape).mul_(1 / std::sqrt(inputs));
        }
    }
    return weights;
}

Tensor golden_latents(const Tensors& cases, const std::string& name, std::int64_t channels)
{
    return draw(cases, name, channels);
}

Tensor golden_pixels(const Tensors& cases, const std::string& name)
{
    return draw(cases, name, 3).mul_(0.5).clamp_(-1, 1);
}

VaePlan golden_plan(const Tensors& cases, const std::string& name)
{
    if (!cases.contains(name + ".tiles")) return {};
    const auto numbers = numbers_of(cases.at(name + ".tiles"));
    return tiles({.tile_width = int(numbers[1]),
                  .tile_height = int(numbers[0]),
                  .stride_width = int(numbers[3]),
                  .stride_height = int(numbers[2])});
}

VaePlan strips(int count, CachePlace cache)
{
    VaePlan how;
    how.method = VaeMethod::Strips;
    how.strips = count;
    how.cache = cache;
    return how;
}

VaePlan tiles(const TileGeometry& geometry)
{
    VaePlan how;
    how.method = VaeMethod::Tiles;
    how.tiles = geometry;
    return how;
}

std::vector<Tensor> decode_batches(VaeDecoder& decoder, const Tensor& latents, const VaePlan& how, memory::WeightSource& weights)
{
    std::vector<Tensor> batches;
    auto decoding = decoder.begin(latents, how, weights);
    if (!decoding) qFatal("%s", decoding.error().message.c_str());
    while (true) {
        auto batch = decoding->next();
        if (!batch) qFatal("%s", batch.error().message.c_str());
        if (!*batch) return batches;
        batches.push_back(**batch);
    }
}

Tensor decode(VaeDecoder& decoder, const Tensor& latents, const VaePlan& how, memory::WeightSource& weights)
{
    return at::cat(decode_batches(decoder, latents, how, weights), 2);
}

VaeEncoding begin_encode(VaeEncoder& encoder, const EncodeShape& shape, const VaePlan& how, memory::WeightSource& weights,
                         at::ScalarType dtype, std::stop_token stop)
{
    auto encoding = VaeEncoding::begin(encoder, shape, how, at::TensorOptions().dtype(dtype), weights, std::move(stop));
    if (!encoding) qFatal("%s", encoding.error().message.c_str());
    return std::move(*encoding);
}

Tensor encode(VaeEncoder& encoder, const Tensor& pixels, const VaePlan& how, memory::WeightSource& weights, at::ScalarType dtype)
{
    VaeEncoding encoding =
        begin_encode(encoder, {pixels.size(0), pixels.size(2), pixels.size(3), pixels.size(4)}, how, weights, dtype);
    if (!encoding.push(pixels)) qFatal("a push failed");
    return *encoding.finish();
}

}  // namespace headroom::test
