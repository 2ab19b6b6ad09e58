#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/tokenizers/added_tokens.h"

namespace headroom::tokenizers {

/// The special tokens of a folder that T5Tokenizer (transformers 4) saved beside its `spiece.model`: those of
/// "added_tokens_decoder" in `tokenizer_config.json`; or, in folders that are older, those of `added_tokens.json` with "<pad>",
/// "</s>" and "<unk>", where the sentinels "<extra_id_0>" … take the white space around them. piece_id: the model's own id of a
/// piece. Nothing when neither file names any. Errors: BadModel when a file is damaged.
Result<std::optional<AddedTokens>> read_folder_added_tokens(
    const std::filesystem::path& folder, const std::function<std::optional<std::int32_t>(const std::string&)>& piece_id);

}  // namespace headroom::tokenizers
