#pragma once

#include <filesystem>
#include <memory>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "core/tokenizers/tokenizer.h"

namespace headroom::tokenizers {

/// How the words of a text become pieces.
enum class ModelKind { Unigram, Bpe };

/// Opens a `tokenizer.json` with a model of this kind. `tokenizer_config.json` beside it, if there, says which tokens pad and end
/// a text. Errors: BadModel with the file and what is damaged or not supported in it.
Result<std::unique_ptr<Tokenizer>> load_json_tokenizer(const std::filesystem::path& path, ModelKind kind);

/// The same from what such a file holds; `path` stands in messages and says where tokenizer_config.json is.
Result<std::unique_ptr<Tokenizer>> make_json_tokenizer(const nlohmann::json& file, const std::filesystem::path& path,
                                                       ModelKind kind);

}  // namespace headroom::tokenizers
