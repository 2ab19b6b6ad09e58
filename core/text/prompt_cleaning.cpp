#include "core/text/prompt_cleaning.h"

#include <algorithm>

#include "core/text/character_fixes.h"
#include "core/text/html_entities.h"
#include "core/text/mojibake.h"
#include "core/text/single_byte_encodings.h"
#include "core/text/utf32.h"

namespace headroom::text {
namespace {

/// Longer lines are fixed in parts of this many characters, as ftfy's max_decode_length.
constexpr std::size_t kLongestSegment = 1'000'000;

/// Each round of fixes may make the next one possible; texts settle after two or three.
constexpr int kMostRounds = 100;

enum class Html { Unescape, Keep };

std::u32string fix_c1_controls(std::u32string_view text)
{
    std::u32string result(text);
    std::transform(result.begin(), result.end(), result.begin(), c1_as_windows_1252);
    return result;
}

std::u32string fix_segment_once(std::u32string_view segment, Html html)
{
    std::u32string text = html == Html::Unescape ? unescape_unambiguous_html(segment) : std::u32string(segment);
    text = fix_encoding(text);
    text = fix_c1_controls(text);
    text = fix_latin_ligatures(text);
    text = fix_character_width(text);
    text = uncurl_quotes(text);
    text = fix_line_breaks(text);
    text = remove_terminal_escapes(text);
    text = remove_control_characters(text);
    return to_nfc(text);
}

std::u32string fix_segment(std::u32string_view segment, Html html)
{
    std::u32string text(segment);
    for (int round = 0; round < kMostRounds; ++round) {
        std::u32string fixed = fix_segment_once(text, html);
        if (fixed == text) break;
        text = std::move(fixed);
    }
    return text;
}

std::u32string collapse_white_space(std::u32string_view text)
{
    std::u32string result;
    bool wants_space = false;
    for (const char32_t character : text) {
        if (is_space(character)) {
            wants_space = true;
            continue;
        }
        if (wants_space && !result.empty()) result.push_back(U' ');
        wants_space = false;
        result.push_back(character);
    }
    return result;
}

}  // namespace

std::u32string fix_text(std::u32string_view text)
{
    std::u32string result;
    Html html = Html::Unescape;
    while (!text.empty()) {
        const std::size_t line_break = text.find(U'\n');
        const std::size_t size =
            std::min(line_break == std::u32string_view::npos ? text.size() : line_break + 1, kLongestSegment);
        const std::u32string_view segment = text.substr(0, size);
        if (segment.find(U'<') != std::u32string_view::npos) html = Html::Keep;
        result += fix_segment(segment, html);
        text.remove_prefix(size);
    }
    return result;
}

std::string clean_prompt(std::string_view prompt)
{
    const std::u32string fixed = fix_text(to_utf32(prompt));
    return to_utf8(collapse_white_space(unescape_html(unescape_html(fixed))));
}

}  // namespace headroom::text
