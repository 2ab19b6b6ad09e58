#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "core/tokenizers/chars_map.h"
#include "core/tokenizers/unicode_text.h"

namespace headroom::tokenizers {

/// The "normalizer" of a tokenizer.json: what is done to a text before it is split into words. Supported are the steps that
/// transformers' conversions of Unigram and byte-level models write: Sequence, Precompiled, Strip, Replace (of a string, or of
/// the patterns " {2,}" and "\s+"), Prepend, Lowercase and Unicode's four forms.
class TextNormalizer {
public:
    /// json: the "normalizer" value; null is no step. Errors: BadModel that names the step which is not supported or damaged.
    static Result<TextNormalizer> parse(const nlohmann::json& json, const std::filesystem::path& path);

    /// utf8 must be valid; so is the result.
    std::string apply(std::string_view utf8) const;

private:
    struct Strip {
        bool left = false;
        bool right = false;
    };
    struct ReplaceString {
        std::string pattern;
        std::string content;
    };
    /// Runs of at least two spaces.
    struct ReplaceSpaces {
        std::string content;
    };
    /// Runs of white space of any kind.
    struct ReplaceWhiteSpace {
        std::string content;
    };
    struct Prepend {
        std::string content;
    };
    struct Lowercase {};
    using Step = std::variant<CharsMap, Strip, ReplaceString, ReplaceSpaces, ReplaceWhiteSpace, Prepend, Lowercase, NormalForm>;

    static Result<Step> parse_step(const nlohmann::json& json, const std::string& type, const std::filesystem::path& path);
    static Result<Step> parse_replace(const nlohmann::json& json, const std::filesystem::path& path);
    static Result<Step> parse_precompiled(const nlohmann::json& json, const std::filesystem::path& path);
    Result<void> add(const nlohmann::json& json, const std::filesystem::path& path, int depth);

    static std::string run(const CharsMap& step, std::string_view text);
    static std::string run(const Strip& step, std::string_view text);
    static std::string run(const ReplaceString& step, std::string_view text);
    static std::string run(const ReplaceSpaces& step, std::string_view text);
    static std::string run(const ReplaceWhiteSpace& step, std::string_view text);
    static std::string run(const Prepend& step, std::string_view text);
    static std::string run(Lowercase step, std::string_view text);
    static std::string run(NormalForm step, std::string_view text);

    std::vector<Step> m_steps;
};

}  // namespace headroom::tokenizers
