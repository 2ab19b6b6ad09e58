#include "core/tokenizers/pre_tokenizer.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/tokenizers/byte_characters.h"
#include "core/tokenizers/json_fields.h"
#include "core/tokenizers/unicode_text.h"

namespace headroom::tokenizers {
namespace {

using nlohmann::json;

constexpr int kDeepest = 8;

/// How ByteLevel cuts when it is to cut by itself.
constexpr const char* kWordsOfGpt2 = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

}  // namespace

Result<PreTokenizer> PreTokenizer::parse(const json& pre_tokenizer, const std::filesystem::path& path)
{
    PreTokenizer result;
    if (!pre_tokenizer.is_null()) TRY(result.add(pre_tokenizer, path, 0));
    return result;
}

Result<void> PreTokenizer::add(const json& pre_tokenizer, const std::filesystem::path& path, int depth)
{
    const std::string type = TRY(string_field(pre_tokenizer, "type", "pre_tokenizer", path));
    if (type != "Sequence") {
        m_steps.push_back(TRY(parse_step(pre_tokenizer, type, path)));
        return {};
    }
    const auto steps = pre_tokenizer.find("pretokenizers");
    if (steps == pre_tokenizer.end() || !steps->is_array() || depth >= kDeepest) {
        return fail(ErrorCode::BadModel, "{}: a pre_tokenizer sequence has no steps, or is nested too deeply.", path.string());
    }
    for (const json& step : *steps) TRY(add(step, path, depth + 1));
    return {};
}

Result<PreTokenizer::Step> PreTokenizer::parse_step(const json& step, const std::string& type, const std::filesystem::path& path)
{
    if (type == "WhitespaceSplit") return WhitespaceSplit{};
    if (type == "Metaspace") return parse_metaspace(step, path);
    if (type == "Split") return parse_split(step, path);
    if (type == "ByteLevel") return parse_byte_level(step, path);
    return fail(ErrorCode::BadModel, "{}: the pre_tokenizer step \"{}\" is not supported.", path.string(), type);
}

Result<PreTokenizer::Step> PreTokenizer::parse_metaspace(const json& step, const std::filesystem::path& path)
{
    Metaspace result;
    result.replacement = TRY(string_field(step, "replacement", "pre_tokenizer Metaspace", path));
    if (result.replacement.empty()) return fail(ErrorCode::BadModel, "{}: Metaspace has an empty replacement.", path.string());
    result.prepend = TRY(parse_prepend(step, path));
    result.cuts = TRY(bool_field(step, "split", "pre_tokenizer Metaspace", path, true));
    return result;
}

// Files before tokenizers 0.15 have add_prefix_space only.
Result<PreTokenizer::Prepend> PreTokenizer::parse_prepend(const json& step, const std::filesystem::path& path)
{
    if (step.contains("prepend_scheme")) {
        const std::string scheme = TRY(string_field(step, "prepend_scheme", "pre_tokenizer Metaspace", path));
        if (scheme == "always") return Prepend::Always;
        if (scheme == "first") return Prepend::First;
        if (scheme == "never") return Prepend::Never;
        return fail(ErrorCode::BadModel, "{}: Metaspace's \"prepend_scheme\" is \"{}\", expected always, first or never.",
                    path.string(), scheme);
    }
    return TRY(bool_field(step, "add_prefix_space", "pre_tokenizer Metaspace", path, true)) ? Prepend::Always : Prepend::Never;
}

Result<PreTokenizer::Step> PreTokenizer::parse_split(const json& step, const std::filesystem::path& path)
{
    const auto pattern = step.find("pattern");
    if (pattern == step.end() || !pattern->is_object() || !pattern->contains("Regex")) {
        return fail(ErrorCode::BadModel, "{}: the pre_tokenizer step \"Split\" has no regular expression.", path.string());
    }
    const std::string where = path.string() + ": the pattern of the pre_tokenizer step \"Split\"";
    auto regex = TRY(UnicodeRegex::compile(TRY(string_field(*pattern, "Regex", "pre_tokenizer Split", path)), where));
    const std::string behavior = TRY(string_field(step, "behavior", "pre_tokenizer Split", path));
    const bool inverted = TRY(bool_field(step, "invert", "pre_tokenizer Split", path, false));
    if (behavior == "Isolated") return Split{std::move(regex), true, true};
    if (behavior == "Removed") return Split{std::move(regex), inverted, !inverted};
    return fail(ErrorCode::BadModel,
                "{}: the pre_tokenizer step \"Split\" has the behaviour \"{}\", expected Isolated or Removed.", path.string(),
                behavior);
}

Result<PreTokenizer::Step> PreTokenizer::parse_byte_level(const json& step, const std::filesystem::path& path)
{
    ByteLevel result;
    result.adds_space = TRY(bool_field(step, "add_prefix_space", "pre_tokenizer ByteLevel", path));
    if (TRY(bool_field(step, "use_regex", "pre_tokenizer ByteLevel", path, true))) {
        result.regex = TRY(UnicodeRegex::compile(kWordsOfGpt2, "The pattern"));
    }
    return result;
}

std::vector<std::string> PreTokenizer::split(std::string_view normalized, Position position) const
{
    std::vector<Word> words;
    if (!normalized.empty()) words.push_back({std::string(normalized), position});
    for (const Step& step : m_steps) {
        std::vector<Word> next;
        for (const Word& word : words) std::visit([&](const auto& chosen) { run(chosen, word, next); }, step);
        words = std::move(next);
    }
    std::vector<std::string> texts;
    for (Word& word : words) texts.push_back(std::move(word.text));
    return texts;
}

void PreTokenizer::run(const WhitespaceSplit&, const Word& word, std::vector<Word>& words)
{
    std::string_view rest = word.text;
    Position position = word.position;
    while (!rest.empty()) {
        if (const std::size_t space = leading_white_space(rest); space > 0) {
            position = Position::Later;
            rest.remove_prefix(space);
            continue;
        }
        std::size_t size = 0;
        while (size < rest.size() && leading_white_space(rest.substr(size, first_character_size(rest.substr(size)))) == 0) {
            size += first_character_size(rest.substr(size));
        }
        words.push_back({std::string(rest.substr(0, size)), position});
        rest.remove_prefix(size);
    }
}

// Each replacement starts a word: "▁▁a▁b" is "▁", "▁a", "▁b".
void PreTokenizer::run(const Metaspace& step, const Word& word, std::vector<Word>& words)
{
    std::string text;
    for (const char character : word.text) character == ' ' ? text += step.replacement : text += character;
    const bool wanted = step.prepend == Prepend::Always || (step.prepend == Prepend::First && word.position == Position::Start);
    if (wanted && !text.starts_with(step.replacement)) text.insert(0, step.replacement);
    Position position = word.position;
    for (std::size_t start = 0; start < text.size(); position = Position::Later) {
        const std::size_t searched_from =
            text.compare(start, step.replacement.size(), step.replacement) == 0 ? start + step.replacement.size() : start;
        const std::size_t end = step.cuts ? std::min(text.find(step.replacement, searched_from), text.size()) : text.size();
        words.push_back({text.substr(start, end - start), position});
        start = end;
    }
}

void PreTokenizer::run(const Split& step, const Word& word, std::vector<Word>& words)
{
    Position position = word.position;
    for (const UnicodeRegex::Part& part : step.regex.split(word.text)) {
        if (part.matched ? step.keeps_matches : step.keeps_gaps) words.push_back({std::string(part.text), position});
        position = Position::Later;
    }
}

void PreTokenizer::run(const ByteLevel& step, const Word& word, std::vector<Word>& words)
{
    const std::string text = (step.adds_space && !word.text.starts_with(' ') ? " " : "") + word.text;
    if (!step.regex) {
        words.push_back({spell_bytes(text), word.position});
        return;
    }
    Position position = word.position;
    for (const UnicodeRegex::Part& part : step.regex->split(text)) {
        words.push_back({spell_bytes(part.text), position});
        position = Position::Later;
    }
}

}  // namespace headroom::tokenizers
