#include "tests/core/models/hunyuan_video/vae_goldens.h"

#include <QtGlobal>

#include <algorithm>
#include <cmath>

#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <nlohmann/json.hpp>

namespace headroom::test {

using namespace models::hunyuan_video;

namespace {

VaeConfig config_of(const char* json)
{
    const auto config = parse_vae_config(nlohmann::json::parse(json), "config.json");
    if (!config) qFatal("%s", config.error().message.c_str());
    return *config;
}

}  // namespace

VaeConfig four_levels()
{
    return config_of(
        R"({"block_out_channels": [4, 4, 8, 8], "layers_per_block": 1, "norm_num_groups": 2, "latent_channels": 3})");
}

VaeConfig uneven_levels()
{
    return config_of(R"({"block_out_channels": [4, 6, 10], "layers_per_block": 2, "norm_num_groups": 2, "latent_channels": 5,
        "scaling_factor": 0.7, "spatial_compression_ratio": 4, "mid_block_add_attention": false,
        "down_block_types": ["HunyuanVideoDownBlock3D", "HunyuanVideoDownBlock3D", "HunyuanVideoDownBlock3D"],
        "up_block_types": ["HunyuanVideoUpBlock3D", "HunyuanVideoUpBlock3D", "HunyuanVideoUpBlock3D"]})");
}

VaeConfig wider_levels()
{
    VaeConfig config;
    config.block_out_channels = {16, 16, 16, 32};
    config.layers_per_block = 1;
    config.norm_num_groups = 4;
    config.latent_channels = 4;
    return config;
}

Tensors weights_in(const Tensors& cases)
{
    Tensors weights;
    const std::string prefix = "weights.";
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

VaePlan whole()
{
    return {};
}

VaePlan strips(int count)
{
    VaePlan how;
    how.method = VaeMethod::Strips;
    how.strips = count;
    return how;
}

VaePlan tiles(const TileGeometry& geometry)
{
    VaePlan how;
    how.method = VaeMethod::Tiles;
    how.tiles = geometry;
    return how;
}

VaePlan plan_of(const Tensors& cases, const std::string& name)
{
    const auto found = cases.find(name + ".tiles");
    if (found == cases.end()) return whole();
    const auto pixels = [&](int i) { return found->second[i].item<int>(); };
    return tiles({.tile_width = pixels(1), .tile_height = pixels(0), .stride_width = pixels(3), .stride_height = pixels(2)});
}

std::vector<Tensor> decode_chunks(VaeDecoder& decoder, const Tensor& latents, const VaePlan& how, memory::WeightSource& weights)
{
    std::vector<Tensor> chunks;
    auto decoding = decoder.begin(latents, how, weights);
    if (!decoding) qFatal("%s", decoding.error().message.c_str());
    while (true) {
        auto chunk = decoding->next();
        if (!chunk) qFatal("%s", chunk.error().message.c_str());
        if (!*chunk) return chunks;
        chunks.push_back(**chunk);
    }
}

Tensor decode(VaeDecoder& decoder, const Tensor& latents, const VaePlan& how, memory::WeightSource& weights)
{
    return at::cat(decode_chunks(decoder, latents, how, weights), 2);
}

Tensor encode(VaeEncoder& encoder, const Tensor& pixels, const VaePlan& how, memory::WeightSource& weights, std::int64_t at_once,
              at::TensorOptions options)
{
    const EncodeShape shape{pixels.size(0), pixels.size(2), pixels.size(3), pixels.size(4)};
    auto encoding = VaeEncoding::begin(encoder, shape, how, options, weights);
    if (!encoding) qFatal("%s", encoding.error().message.c_str());
    for (std::int64_t first = 0; first < pixels.size(2); first += at_once) {
        const auto pushed = encoding->push(pixels.narrow(2, first, std::min(at_once, pixels.size(2) - first)));
        if (!pushed) qFatal("%s", pushed.error().message.c_str());
    }
    auto latents = encoding->finish();
    if (!latents) qFatal("%s", latents.error().message.c_str());
    return *latents;
}

std::int64_t peak_of(memory::DryRunWeightSources& weights)
{
    std::int64_t peak = weights.between_peak_bytes();
    for (const memory::DryVisit& visit : weights.visits()) peak = std::max(peak, visit.other_peak_bytes);
    return peak;
}

}  // namespace headroom::test
