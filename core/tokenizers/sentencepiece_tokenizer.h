#pragma once

#include <filesystem>
#include <memory>

#include "core/base/result.h"
#include "core/tokenizers/tokenizer.h"

namespace headroom::tokenizers {

/// Opens a SentencePiece model (`spiece.model`) with the SentencePiece library; "</s>" is appended to each text. Special tokens
/// that stand in a text are found where `tokenizer_config.json` ("added_tokens_decoder") or `added_tokens.json` beside the model
/// say which there are, as T5Tokenizer of transformers 4 finds them; without these files they are text, as SentencePiece takes
/// them. Errors: BadModel when the file is damaged or has no token that ends a text.
Result<std::unique_ptr<Tokenizer>> load_sentencepiece_tokenizer(const std::filesystem::path& path);

}  // namespace headroom::tokenizers
