#pragma once

#include <optional>
#include <string>

#include "core/memory/dry_run_weights.h"
#include "core/models/hunyuan_video/vae_decoder.h"
#include "core/models/hunyuan_video/vae_encoding.h"
#include "tests/support/golden_tensors.h"

namespace headroom::test {

/// The autoencoders of tests/reference/make_hunyuan_vae_goldens.py.
models::hunyuan_video::VaeConfig four_levels();
models::hunyuan_video::VaeConfig uneven_levels();
/// Levels whose channels are multiples of 16, as the published ones are.
models::hunyuan_video::VaeConfig wider_levels();

/// A golden file's tensors whose names begin with "weights.", by the rest of the name.
Tensors weights_in(const Tensors& cases);

/// Random weights for every parameter of these blocks.
Tensors random_weights(const std::vector<nn::ParameterBlock*>& blocks);

VaePlan whole();
VaePlan strips(int count);
VaePlan tiles(const TileGeometry& geometry);
/// The geometry that a golden case was made with; the whole where it has none.
VaePlan plan_of(const Tensors& cases, const std::string& name);

/// Every chunk of a decode, in order. An error ends the test program.
std::vector<Tensor> decode_chunks(models::hunyuan_video::VaeDecoder& decoder, const Tensor& latents, const VaePlan& how,
                                  memory::WeightSource& weights);
/// The chunks as one clip: [batch, 3, frames, height, width].
Tensor decode(models::hunyuan_video::VaeDecoder& decoder, const Tensor& latents, const VaePlan& how,
              memory::WeightSource& weights);

/// The latents of a clip that is pushed `at_once` frames at a time. An error ends the test program.
Tensor encode(models::hunyuan_video::VaeEncoder& encoder, const Tensor& pixels, const VaePlan& how, memory::WeightSource& weights,
              std::int64_t at_once = 1, at::TensorOptions options = {});

/// The highest that a dry run saw, weights aside.
std::int64_t peak_of(memory::DryRunWeightSources& weights);

}  // namespace headroom::test
