#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"

namespace headroom::tokenizers {

/// The "pre_tokenizer" of a tokenizer.json: how a normalised text is cut into words. Supported are what transformers' conversions
/// of Unigram models write: Sequence, WhitespaceSplit and Metaspace (either spelling of its prefix option).
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
    struct Step {
        bool metaspace = false;  ///< Else WhitespaceSplit.
        std::string replacement;
        Prepend prepend = Prepend::Always;
        bool cuts = true;
    };

    Result<void> add(const nlohmann::json& json, const std::filesystem::path& path, int depth);
    static Result<Step> parse_metaspace(const nlohmann::json& json, const std::filesystem::path& path);
    static Result<Prepend> parse_prepend(const nlohmann::json& json, const std::filesystem::path& path);
    static void split_at_white_space(const Word& word, std::vector<Word>& words);
    static void split_metaspace(const Step& step, const Word& word, std::vector<Word>& words);

    std::vector<Step> m_steps;
};

}  // namespace headroom::tokenizers
