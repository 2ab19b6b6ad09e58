#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"

namespace headroom::tokenizers {

/// Byte-pair encoding of a tokenizer.json: a word starts as its characters, then the pair that was learnt first is merged, the
/// leftmost of equal ones first, until no learnt pair is left. Takes n · log n for a word of n characters. Source: tokenizers
/// 0.22, models/bpe.
class BpeModel {
public:
    /// json: the "model" object of a tokenizer.json. Errors: BadModel with the path in the sentence.
    static Result<BpeModel> parse(const nlohmann::json& json, const std::filesystem::path& path);

    /// Appends the ids of one word, valid UTF-8 as the pre-tokenizer cut it. A character that the vocabulary lacks is the unknown
    /// token (one for neighbours with fuse_unk), or left out when there is none. Never fails.
    Result<void> encode(std::string_view word, std::vector<std::int32_t>& ids) const;

    std::optional<std::int32_t> find(std::string_view piece) const;

private:
    struct Merge {
        std::int32_t rank = 0;
        std::int32_t id = 0;
    };
    /// A piece of the word while it is being merged; a list, so that merging moves nothing.
    struct Symbol {
        std::int32_t id = 0;
        int previous = -1;
        int next = -1;
        bool merged = false;  ///< Into the one before it.
    };
    struct Texts {
        std::string word_prefix;  ///< Of characters that are not a word's first: "continuing_subword_prefix".
        std::string word_suffix;  ///< Of a word's last: CLIP's "</w>".
    };

    static Result<Texts> parse_texts(const nlohmann::json& json, const std::filesystem::path& path);
    Result<void> parse_vocab(const nlohmann::json& json, const std::filesystem::path& path);
    Result<void> parse_merges(const nlohmann::json& json, const std::filesystem::path& path);
    Result<void> add_merge(const std::string& left, const std::string& right, std::int32_t rank,
                           const std::filesystem::path& path);
    std::vector<Symbol> symbols_of(std::string_view word) const;
    void merge(std::vector<Symbol>& symbols) const;
    const Merge* merge_of(const Symbol& left, const Symbol& right) const;

    std::unordered_map<std::string, std::int32_t> m_ids;
    std::unordered_map<std::uint64_t, Merge> m_merges;  // left id · 2^32 + right id
    Texts m_texts;
    std::optional<std::int32_t> m_unknown_id;
    bool m_fuses_unknown = false;
    bool m_takes_whole_words = false;  ///< "ignore_merges": a word that is a piece is that piece.
};

}  // namespace headroom::tokenizers
