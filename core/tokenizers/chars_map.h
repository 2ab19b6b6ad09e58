#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace headroom::tokenizers {

/// SentencePiece's `precompiled_charsmap`: a double-array trie (darts-clone) from byte sequences to their normalised form.
/// Layout: uint32 size of the trie, the trie's uint32 units, NUL-terminated replacements; all little-endian.
class CharsMap {
public:
    /// Errors: BadModel, with `where` (file and field) in the sentence, when sizes do not fit.
    static Result<CharsMap> parse(std::string_view blob, const std::string& where);

    /// The replacement of the *shortest* key that starts `text`, standing for all of `text`, as Hugging Face's `Precompiled`
    /// looks it up; nothing when no key does.
    std::optional<std::string_view> find(std::string_view text) const;

    /// Whether no walk through the trie can leave it and every value is a replacement, so that SentencePiece, which does not
    /// look, may use it.
    bool is_sound() const;

private:
    std::vector<std::uint32_t> m_units;
    std::string m_replacements;
};

/// Decodes standard base64 with padding; nothing when it is none.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace headroom::tokenizers
