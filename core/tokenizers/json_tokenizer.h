#pragma once

#include <filesystem>
#include <memory>

#include "core/base/result.h"
#include "core/tokenizers/tokenizer.h"

namespace headroom::tokenizers {

/// Opens a `tokenizer.json` with a Unigram model. `tokenizer_config.json` beside it, if there, says which tokens pad and end a
/// text. Errors: BadModel with the file and what is damaged or not supported in it.
Result<std::unique_ptr<Tokenizer>> load_json_tokenizer(const std::filesystem::path& path);

}  // namespace headroom::tokenizers
