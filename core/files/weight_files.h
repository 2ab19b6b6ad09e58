#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace headroom::files {

/// The safetensors files that hold a component's weights.
struct WeightFiles {
    std::filesystem::path main;                ///< The single file, or the index of the shards; named in messages.
    std::vector<std::filesystem::path> files;  ///< The single file, or every shard once, by name. None is opened yet.
    std::string variant;  ///< "fp16" for `diffusion_pytorch_model.fp16.safetensors`; empty for the plain name.
    std::map<std::string, std::filesystem::path> shard_of;  ///< Tensor to its shard, as the index says; empty for a single file.
};

/// Chooses the weights of a component's folder as diffusers and transformers do: `diffusion_pytorch_model` (shards before a
/// single file), then `model` (a single file before shards). Variants (`.bf16.`, `.fp32.`, `.fp16.`, others by name) only where
/// no plain name is there. Errors: BadModel, when there are no weights (only PyTorch or GGUF files, shards without index: the
/// message says what to do), or the index is malformed, names a file outside the folder, or a shard that is missing.
Result<WeightFiles> find_weight_files(const std::filesystem::path& component_dir);

}  // namespace headroom::files
