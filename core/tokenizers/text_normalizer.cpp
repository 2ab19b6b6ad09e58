#include "core/tokenizers/text_normalizer.h"

#include <nlohmann/json.hpp>

#include "core/tokenizers/json_fields.h"

namespace headroom::tokenizers {
namespace {

using nlohmann::json;

constexpr int kDeepest = 8;

/// tokenizers looks whole clusters up only when they are shorter than this many bytes.
constexpr std::size_t kLongCluster = 6;

}  // namespace

Result<TextNormalizer> TextNormalizer::parse(const json& normalizer, const std::filesystem::path& path)
{
    TextNormalizer result;
    if (!normalizer.is_null()) TRY(result.add(normalizer, path, 0));
    return result;
}

Result<void> TextNormalizer::add(const json& normalizer, const std::filesystem::path& path, int depth)
{
    const std::string type = TRY(string_field(normalizer, "type", "normalizer", path));
    if (type != "Sequence") {
        m_steps.push_back(TRY(parse_step(normalizer, type, path)));
        return {};
    }
    const auto steps = normalizer.find("normalizers");
    if (steps == normalizer.end() || !steps->is_array() || depth >= kDeepest) {
        return fail(ErrorCode::BadModel, "{}: a normalizer sequence has no steps, or is nested too deeply.", path.string());
    }
    for (const json& step : *steps) TRY(add(step, path, depth + 1));
    return {};
}

Result<TextNormalizer::Step> TextNormalizer::parse_step(const json& step, const std::string& type,
                                                        const std::filesystem::path& path)
{
    if (type == "Precompiled") return parse_precompiled(step, path);
    if (type == "Replace") return parse_replace(step, path);
    if (type == "Strip") {
        const bool left = TRY(bool_field(step, "strip_left", "normalizer Strip", path));
        const bool right = TRY(bool_field(step, "strip_right", "normalizer Strip", path));
        return Strip{left, right};
    }
    if (type == "Prepend") return Prepend{TRY(string_field(step, "prepend", "normalizer Prepend", path))};
    if (type == "Lowercase") return Lowercase{};
    if (type == "NFC") return NormalForm::Nfc;
    if (type == "NFD") return NormalForm::Nfd;
    if (type == "NFKC") return NormalForm::Nfkc;
    if (type == "NFKD") return NormalForm::Nfkd;
    return fail(ErrorCode::BadModel, "{}: the normalizer step \"{}\" is not supported.", path.string(), type);
}

Result<TextNormalizer::Step> TextNormalizer::parse_replace(const json& step, const std::filesystem::path& path)
{
    const std::string content = TRY(string_field(step, "content", "normalizer Replace", path));
    const auto pattern = step.find("pattern");
    if (pattern != step.end() && pattern->is_object() && pattern->contains("String")) {
        const std::string text = TRY(string_field(*pattern, "String", "normalizer Replace", path));
        if (!text.empty()) return ReplaceString{text, content};
    }
    if (pattern != step.end() && pattern->is_object() && pattern->contains("Regex")) {
        const std::string regex = TRY(string_field(*pattern, "Regex", "normalizer Replace", path));
        if (regex == " {2,}") return ReplaceSpaces{content};
        if (regex == "\\s+") return ReplaceWhiteSpace{content};
        return fail(ErrorCode::BadModel, "{}: the normalizer step \"Replace\" with the pattern \"{}\" is not supported.",
                    path.string(), regex);
    }
    return fail(ErrorCode::BadModel, "{}: the normalizer step \"Replace\" has no pattern.", path.string());
}

Result<TextNormalizer::Step> TextNormalizer::parse_precompiled(const json& step, const std::filesystem::path& path)
{
    const std::string where = path.string() + ": the normalizer's \"precompiled_charsmap\"";
    const auto blob = decode_base64(TRY(string_field(step, "precompiled_charsmap", "normalizer Precompiled", path)));
    if (!blob) return fail(ErrorCode::BadModel, "{} is not base64.", where);
    return TRY(CharsMap::parse(*blob, where));
}

std::string TextNormalizer::apply(std::string_view utf8) const
{
    std::string text(utf8);
    for (const Step& step : m_steps) {
        text = std::visit([&](const auto& chosen) { return run(chosen, text); }, step);
    }
    return text;
}

// A cluster of characters is looked up as a whole, then character by character: tokenizers does so, and so must be done what
// makes a difference (a mark after a character that has a replacement of its own is dropped with it).
std::string TextNormalizer::run(const CharsMap& step, std::string_view text)
{
    std::string result;
    for_each_grapheme(text, [&](std::string_view cluster) {
        if (cluster.size() < kLongCluster) {
            if (const auto replacement = step.find(cluster)) {
                result += *replacement;
                return;
            }
        }
        while (!cluster.empty()) {
            const std::string_view character = cluster.substr(0, first_character_size(cluster));
            result += step.find(character).value_or(character);
            cluster.remove_prefix(character.size());
        }
    });
    return to_valid_utf8(result);
}

std::string TextNormalizer::run(const Strip& step, std::string_view text)
{
    if (step.right) text.remove_suffix(trailing_white_space(text));
    if (step.left) text.remove_prefix(leading_white_space(text));
    return std::string(text);
}

std::string TextNormalizer::run(const ReplaceString& step, std::string_view text)
{
    std::string result;
    std::size_t from = 0;
    for (std::size_t at = text.find(step.pattern); at != std::string_view::npos; at = text.find(step.pattern, from)) {
        result += text.substr(from, at - from);
        result += step.content;
        from = at + step.pattern.size();
    }
    return result += text.substr(from);
}

std::string TextNormalizer::run(const ReplaceSpaces& step, std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        const std::size_t spaces = std::min(text.find_first_not_of(' '), text.size());
        if (spaces >= 2) {
            result += step.content;
            text.remove_prefix(spaces);
        } else {
            result += text.front();
            text.remove_prefix(1);
        }
    }
    return result;
}

std::string TextNormalizer::run(const ReplaceWhiteSpace& step, std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        const std::size_t space = leading_white_space(text);
        const std::size_t size = space > 0 ? space : first_character_size(text);
        result += space > 0 ? std::string_view(step.content) : text.substr(0, size);
        text.remove_prefix(size);
    }
    return result;
}

std::string TextNormalizer::run(Lowercase, std::string_view text)
{
    return lowercase(text);
}

std::string TextNormalizer::run(const Prepend& step, std::string_view text)
{
    return text.empty() ? std::string() : step.content + std::string(text);
}

std::string TextNormalizer::run(NormalForm step, std::string_view text)
{
    return normalize(text, step);
}

}  // namespace headroom::tokenizers
