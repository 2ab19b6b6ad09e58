#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "core/base/result.h"
#include "core/files/safetensors_file.h"

namespace headroom::files {

/// Writes the tensors and the metadata as one safetensors file that safetensors' own readers accept: header padded to eight
/// bytes, tensors ordered by falling element size and name so that each is aligned, no gaps. The bytes are written from where
/// they lie; nothing is copied. The file appears under its name only when it is whole (see PartFile); an older file is replaced.
/// Blocks until the content is on the disk.
/// Errors: BadOutput, when the file can't be written or the disk is full; Internal, when a name is taken twice, reserved
/// ("__metadata__") or no UTF-8, or the bytes don't agree with dtype and shape. Nothing is left behind then. Metadata that is no
/// UTF-8 is written with replacement characters.
Result<void> write_safetensors(const std::filesystem::path& path, std::span<const TensorEntry> tensors,
                               const std::map<std::string, std::string>& metadata = {});

}  // namespace headroom::files
