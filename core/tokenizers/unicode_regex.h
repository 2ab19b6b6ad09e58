#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace headroom::tokenizers {

/// A regular expression over Unicode text, by ICU. The syntax that published tokenizers use (classes, alternatives, look-ahead,
/// inline flags) means the same there as in Hugging Face's tokenizers, which uses Oniguruma.
class UnicodeRegex {
public:
    /// where: file and field, for messages. Errors: BadModel for what is no regular expression.
    static Result<UnicodeRegex> compile(const std::string& pattern, const std::string& where);

    /// One part of a text: a match, or what stands between two.
    struct Part {
        std::string_view text;
        bool matched = false;
    };
    /// The whole of a valid UTF-8 text in its parts, in order; none is empty. A text on which the search needs more memory than
    /// ICU allows is unmatched from there on.
    std::vector<Part> split(std::string_view utf8) const;

private:
    struct Pattern;
    std::shared_ptr<const Pattern> m_pattern;  // immutable, so that copies of a tokenizer share it
};

}  // namespace headroom::tokenizers
