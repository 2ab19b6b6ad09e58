#pragma once

#include <filesystem>
#include <memory>

#include "core/base/result.h"
#include "core/tokenizers/tokenizer.h"

namespace headroom::tokenizers {

/// Opens a folder with CLIP's `vocab.json` and `merges.txt`: they become what transformers 5.23.0 builds of them
/// (tokenization_clip.py). `tokenizer_config.json` beside them, if there, says how the special tokens are matched.
/// Errors: BadModel with the file and what is damaged in it.
Result<std::unique_ptr<Tokenizer>> load_clip_files(const std::filesystem::path& tokenizer_dir);

}  // namespace headroom::tokenizers
