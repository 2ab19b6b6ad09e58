#pragma once

#include <string>

#include "core/models/hunyuan_video/transformer.h"
#include "tests/support/golden_tensors.h"

namespace headroom::test {

/// One of the small models of tests/reference/make_hunyuan_video_transformer_goldens.py: "small" or "variant".
models::hunyuan_video::TransformerConfig hunyuan_config(const std::string& model);
Tensors hunyuan_weights(const std::string& model);
/// A golden of that script by its name.
Tensors hunyuan_golden(const std::string& name);

/// Weights of any config, all alike.
Tensors filled_hunyuan_weights(const models::hunyuan_video::TransformerConfig& config);

}  // namespace headroom::test
