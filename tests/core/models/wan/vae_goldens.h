#pragma once

#include <memory>
#include <vector>

#include "core/models/wan/vae_decoder.h"
#include "tests/support/golden_tensors.h"

namespace headroom::test {

/// A decoder with the weights and the golden cases of one autoencoder.
struct Golden {
    std::unique_ptr<models::wan::VaeDecoder> decoder;
    Tensors weights;
    Tensors cases;
};

/// The autoencoder of tests/goldens/tiny_wan.
Golden tiny_wan();
/// The second autoencoder of tests/reference/make_vae_goldens.py.
Golden uneven();
/// One with random weights and no cases.
Golden random_weights(const models::wan::VaeConfig& config);
/// One of Wan 2.1's form with random weights. Channels of the last level: base_dim.
Golden random_autoencoder(std::int64_t base_dim);

/// Every chunk of a decode, in order. An error ends the test program.
std::vector<Tensor> decode_chunks(models::wan::VaeDecoder& decoder, const Tensor& latents, const VaePlan& how,
                                  memory::WeightSource& weights);
/// The chunks as one clip: [batch, 3, frames, height, width].
Tensor decode(models::wan::VaeDecoder& decoder, const Tensor& latents, const VaePlan& how, memory::WeightSource& weights);

}  // namespace headroom::test
