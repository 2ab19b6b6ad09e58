#include "core/tokenizers/unicode_regex.h"

#include <cstdint>

#include <unicode/regex.h>
#include <unicode/unistr.h>
#include <unicode/utext.h>

namespace headroom::tokenizers {

struct UnicodeRegex::Pattern {
    std::unique_ptr<const icu::RegexPattern> compiled;
};

Result<UnicodeRegex> UnicodeRegex::compile(const std::string& pattern, const std::string& where)
{
    UErrorCode status = U_ZERO_ERROR;
    UParseError position{};
    std::unique_ptr<const icu::RegexPattern> compiled(
        icu::RegexPattern::compile(icu::UnicodeString::fromUTF8(pattern), position, status));
    if (U_FAILURE(status) || !compiled) {
        return fail(ErrorCode::BadModel, "{} \"{}\" is not a supported regular expression ({}).", where, pattern,
                    u_errorName(status));
    }
    UnicodeRegex result;
    result.m_pattern = std::make_shared<const Pattern>(Pattern{std::move(compiled)});
    return result;
}

std::vector<UnicodeRegex::Part> UnicodeRegex::split(std::string_view utf8) const
{
    std::vector<Part> parts;
    UErrorCode status = U_ZERO_ERROR;
    UText* text = utext_openUTF8(nullptr, utf8.data(), static_cast<std::int64_t>(utf8.size()), &status);
    const std::unique_ptr<icu::RegexMatcher> matcher(m_pattern->compiled->matcher(status));
    std::size_t done = 0;
    const auto add = [&](std::size_t end, bool matched) {
        if (end > done) parts.push_back({utf8.substr(done, end - done), matched});
        done = end;
    };
    if (U_SUCCESS(status)) {
        matcher->setStackLimit(0, status);  // the heap's: a run of white space as long as the text goes back once a character
        matcher->reset(text);
        while (matcher->find(status) && U_SUCCESS(status)) {
            add(static_cast<std::size_t>(matcher->start64(status)), false);
            add(static_cast<std::size_t>(matcher->end64(status)), true);
        }
    }
    utext_close(text);
    add(utf8.size(), false);
    return parts;
}

}  // namespace headroom::tokenizers
