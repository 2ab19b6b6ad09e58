#include "tests/core/models/hunyuan_video/transformer_goldens.h"

#include <filesystem>
#include <fstream>

#include <ATen/ops/full.h>
#include <nlohmann/json.hpp>

namespace headroom::test {

using namespace models::hunyuan_video;

namespace {

const std::string kFolder = "hunyuan_video/transformer/";

}  // namespace

TransformerConfig hunyuan_config(const std::string& model)
{
    std::ifstream stream(std::filesystem::path(HEADROOM_GOLDENS_DIR) / (kFolder + model + "_config.json"));
    return parse_transformer_config(nlohmann::json::parse(stream), model).value();
}

Tensors hunyuan_weights(const std::string& model)
{
    return read_golden(kFolder + model + "_weights.safetensors");
}

Tensors hunyuan_golden(const std::string& name)
{
    return read_golden(kFolder + name + ".safetensors");
}

Tensors filled_hunyuan_weights(const TransformerConfig& config)
{
    Tensors filled;
    Transformer transformer(config);
    for (const nn::ParameterBlock* block : transformer.blocks()) {
        for (const nn::Parameter* parameter : block->parameters) filled[parameter->name] = at::full(parameter->shape, 0.01);
    }
    return filled;
}

}  // namespace headroom::test
