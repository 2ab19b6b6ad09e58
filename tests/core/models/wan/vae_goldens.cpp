#include "tests/core/models/wan/vae_goldens.h"

#include <QtGlobal>

#include <cmath>
#include <fstream>

#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <nlohmann/json.hpp>

namespace headroom::test {

using models::wan::VaeConfig;
using models::wan::VaeDecoder;

namespace {

VaeConfig config_of(const nlohmann::json& json)
{
    const auto config = models::wan::parse_vae_config(json, "config.json");
    if (!config) qFatal("%s", config.error().message.c_str());
    return *config;
}

}  // namespace

Golden tiny_wan()
{
    std::ifstream stream(HEADROOM_GOLDENS_DIR "/tiny_wan/vae/config.json");
    return {std::make_unique<VaeDecoder>(config_of(nlohmann::json::parse(stream))),
            read_golden("tiny_wan/vae/diffusion_pytorch_model.safetensors"), read_golden("vae_tiny_wan.safetensors")};
}

Golden uneven()
{
    Golden golden{std::make_unique<VaeDecoder>(config_of(nlohmann::json::parse(R"({
        "base_dim": 2, "decoder_base_dim": 3, "z_dim": 5, "dim_mult": [1, 2, 3], "num_res_blocks": 2, "temperal_downsample": [true, false],
        "latents_mean": [0.1, -0.2, 0.3, -0.4, 0.5], "latents_std": [0.5, 1.0, 1.5, 2.0, 2.5],
        "scale_factor_spatial": 4, "scale_factor_temporal": 2})"))),
                  {},
                  read_golden("vae_uneven.safetensors")};
    const std::string prefix = "weights.";
    for (const auto& [name, value] : golden.cases) {
        if (name.starts_with(prefix)) golden.weights[name.substr(prefix.size())] = value;
    }
    return golden;
}

Golden random_autoencoder(std::int64_t base_dim)
{
    VaeConfig config;
    config.base_dim = base_dim;
    config.num_res_blocks = 1;
    return random_weights(config);
}

Golden random_weights(const VaeConfig& config)
{
    Golden golden{std::make_unique<VaeDecoder>(config), {}, {}};
    for (const nn::ParameterBlock* block : golden.decoder->blocks()) {
        for (const nn::Parameter* parameter : block->parameters) {
            double inputs = 1;
            for (std::size_t i = 1; i < parameter->shape.size(); ++i) inputs *= double(parameter->shape[i]);
            golden.weights[parameter->name] = parameter->name.ends_with("gamma")
                                                  ? at::ones(parameter->shape)
                                                  : at::randn(parameter->shape).mul_(1 / std::sqrt(inputs));
        }
    }
    return golden;
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

}  // namespace headroom::test
