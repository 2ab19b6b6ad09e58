#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "core/models/cogvideox/vae_decoder.h"
#include "core/models/cogvideox/vae_encoding.h"
#include "tests/support/golden_tensors.h"

namespace headroom::test {

/// The config of one of the two autoencoders of tests/reference/make_cogvideox_vae_goldens.py: "usual" or "uneven".
models::cogvideox::VaeConfig golden_config(const std::string& name);
/// The weights in a golden file of that script.
Tensors golden_weights(const Tensors& cases);
/// Random weights for these blocks.
Tensors random_weights(const std::vector<nn::ParameterBlock*>& blocks);

/// What the script drew for a case of `cases`.
Tensor golden_latents(const Tensors& cases, const std::string& name, std::int64_t channels);
Tensor golden_pixels(const Tensors& cases, const std::string& name);
/// The plan of a case: tiles where the case has some, else whole.
VaePlan golden_plan(const Tensors& cases, const std::string& name);

VaePlan strips(int count, CachePlace cache = CachePlace::Device);
VaePlan tiles(const TileGeometry& geometry);

/// Every batch of a decode, in order. An error ends the test program.
std::vector<Tensor> decode_batches(models::cogvideox::VaeDecoder& decoder, const Tensor& latents, const VaePlan& how,
                                   memory::WeightSource& weights);
/// The batches as one clip: [batch, 3, frames, height, width].
Tensor decode(models::cogvideox::VaeDecoder& decoder, const Tensor& latents, const VaePlan& how, memory::WeightSource& weights);

models::cogvideox::VaeEncoding begin_encode(models::cogvideox::VaeEncoder& encoder, const models::cogvideox::EncodeShape& shape,
                                            const VaePlan& how, memory::WeightSource& weights, at::ScalarType dtype = at::kFloat,
                                            std::stop_token stop = {});
Tensor encode(models::cogvideox::VaeEncoder& encoder, const Tensor& pixels, const VaePlan& how, memory::WeightSource& weights,
              at::ScalarType dtype = at::kFloat);

}  // namespace headroom::test
