#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/tokenizers/piece_table.h"

namespace headroom::tokenizers {

/// One entry of "added_tokens": a text that is a token wherever it stands, such as "</s>" or "<extra_id_0>".
struct AddedToken {
    std::int32_t id = 0;
    std::string content;
    bool single_word = false;  ///< Not where it touches a word's characters.
    bool lstrip = false;       ///< Takes the white space before it.
    bool rstrip = false;       ///< Takes the white space after it.
    bool normalized = false;   ///< Is looked for in the normalised text, itself normalised; else in the text as given.
};

/// Cuts added tokens out of a text, the leftmost first and there the longest, as tokenizers' AddedVocabulary does.
class AddedTokens {
public:
    void add(const AddedToken& token);

    struct Part {
        std::string_view text;
        std::optional<std::int32_t> id;  ///< Set where the part is an added token.
    };
    /// The parts of valid UTF-8 in their order; none is empty but for the text.
    std::vector<Part> split(std::string_view utf8) const;

private:
    const AddedToken* longest_at(std::string_view text) const;

    PieceTable m_table;  // content → index in m_tokens
    std::vector<AddedToken> m_tokens;
};

}  // namespace headroom::tokenizers
