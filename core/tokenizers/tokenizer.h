#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace headroom::tokenizers {

/// Text to token ids. Immutable after loading; one thread may call at a time.
class Tokenizer {
public:
    virtual ~Tokenizer() = default;

    /// The tokens of a text with the special tokens that the model expects around them ("</s>" at the end for T5), no padding. At
    /// most max_length ids: the text's tokens are cut at the end, the special ones stay. Bytes that are not UTF-8 count as
    /// U+FFFD. Errors: BadModel when the text has a character that the vocabulary can't express (no unknown token).
    Result<std::vector<std::int32_t>> encode(std::string_view utf8, std::size_t max_length) const;

    /// The padding token; -1 when the vocabulary has none.
    std::int32_t pad_id() const { return m_special.pad; }
    /// The token that ends a text; -1 when the vocabulary has none.
    std::int32_t eos_id() const { return m_special.eos; }

protected:
    /// When the suffix follows a text.
    enum class Suffix {
        Always,
        UnlessThere,  ///< Not where the text, cut to its length, ends with it already.
    };

    /// What stands around the tokens of a text, and the ids with a meaning of their own.
    struct SpecialIds {
        std::vector<std::int32_t> prefix;
        std::vector<std::int32_t> suffix;
        std::int32_t pad = -1;
        std::int32_t eos = -1;
        Suffix when_suffix = Suffix::Always;
    };

    explicit Tokenizer(SpecialIds special) : m_special(std::move(special)) {}

    /// The tokens of the text alone.
    virtual Result<std::vector<std::int32_t>> encode_text(std::string_view utf8) const = 0;

private:
    SpecialIds m_special;
};

/// Opens the tokenizer folder of a T5, UMT5 or like model: `tokenizer.json` if it is there, else `spiece.model`.
///
/// `tokenizer.json` gives the ids of Hugging Face's tokenizers library for that file (what T5TokenizerFast used before
/// transformers 5), `spiece.model` those of SentencePiece with "</s>" appended and, where the folder says which they are, special
/// tokens found in the text, as T5Tokenizer did before transformers 5. Errors: BadModel when neither is there, the file
/// is damaged, or it asks for a step that is not supported; the sentence names both.
Result<std::unique_ptr<Tokenizer>> load_unigram_tokenizer(const std::filesystem::path& tokenizer_dir);

/// Opens the tokenizer folder of a LLaMA-3 or like model: `tokenizer.json` with byte-level BPE, giving the ids of Hugging Face's
/// tokenizers library for that file. Errors: BadModel when it isn't there, is damaged, or asks for a step that is not supported.
Result<std::unique_ptr<Tokenizer>> load_bpe_tokenizer(const std::filesystem::path& tokenizer_dir);

/// Opens the tokenizer folder of a CLIP model: `tokenizer.json` if it is there, else `vocab.json` and `merges.txt` with CLIP's
/// steps (NFC, white space to one space, lower case, its words, `</w>`, its special tokens around the text). Errors: as above.
Result<std::unique_ptr<Tokenizer>> load_clip_tokenizer(const std::filesystem::path& tokenizer_dir);

}  // namespace headroom::tokenizers
