#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "core/tokenizers/unicode_regex.h"

namespace headroom::tokenizers {

/// The "pre_tokenizer" of a tokenizer.json: how a normalised text is cut into words. Supported are what transformers' conversions
/// of Unigram models write (Sequence, WhitespaceSplit and Metaspace in either spelling of its prefix option) and what byte-level
/// models have: Split by a regular expression, and ByteLevel.
class PreTokenizer {
public:
    /// Where in the whole text a part stands.
    enum class Position { Start, Later };

    /// json: the "pre_tokenizer" value; null leaves texts whole. Errors: BadModel that names what is not supported.
    static Result<PreTokenizer> parse(const nlohmann::json& json, const std::filesystem::path& path);

    /// The words of one part of a text (what stands between added tokens). No word is empty.
    std::vector<std::string> split(std::string_view normalized, Position position) const;

private:
    /// When the replacement of a space goes before a word that does not have it.
    enum class Prepend { Always, First, Never };

    struct Word {
        std::string text;
        Position position;
    };
    struct WhitespaceSplit {};
    struct Metaspace {
        std::string replacement;
        Prepend prepend = Prepend::Always;
        bool cuts = true;
    };
    /// At the matches, or at what stands between them.
    struct Split {
        UnicodeRegex regex;
        bool keeps_matches = true;
        bool keeps_gaps = true;
    };
    struct ByteLevel {
        bool adds_space = false;
        std::optional<UnicodeRegex> regex;
    };
    using Step = std::variant<WhitespaceSplit, Metaspace, Split, ByteLevel>;

    Result<void> add(const nlohmann::json& json, const std::filesystem::path& path, int depth);
    static Result<Step> parse_step(const nlohmann::json& json, const std::string& type, const std::filesystem::path& path);
    static Result<Step> parse_metaspace(const nlohmann::json& json, const std::filesystem::path& path);
    static Result<Prepend> parse_prepend(const nlohmann::json& json, const std::filesystem::path& path);
    static Result<Step> parse_split(const nlohmann::json& json, const std::filesystem::path& path);
    static Result<Step> parse_byte_level(const nlohmann::json& json, const std::filesystem::path& path);

    // Each appends the parts of one word.
    static void run(const WhitespaceSplit& step, const Word& word, std::vector<Word>& words);
    static void run(const Metaspace& step, const Word& word, std::vector<Word>& words);
    static void run(const Split& step, const Word& word, std::vector<Word>& words);
    static void run(const ByteLevel& step, const Word& word, std::vector<Word>& words);

    std::vector<Step> m_steps;
};

}  // namespace headroom::tokenizers
