#include "core/tokenizers/added_tokens.h"

#include <algorithm>

#include "core/tokenizers/unicode_text.h"

namespace headroom::tokenizers {

void AddedTokens::add(const AddedToken& token)
{
    m_table.add(token.content, static_cast<std::int32_t>(m_tokens.size()));
    m_tokens.push_back(token);
}

const AddedToken* AddedTokens::longest_at(std::string_view text) const
{
    const AddedToken* longest = nullptr;
    m_table.for_each_prefix(text, [&](std::size_t, std::int32_t index) { longest = &m_tokens[static_cast<std::size_t>(index)]; });
    return longest;
}

std::vector<AddedTokens::Part> AddedTokens::split(std::string_view utf8) const
{
    std::vector<Part> parts;
    std::size_t done = 0;  // end of the last part
    for (std::size_t at = 0; at < utf8.size();) {
        const AddedToken* token = longest_at(utf8.substr(at));
        if (!token) {
            ++at;
            continue;
        }
        std::size_t start = at;
        std::size_t end = at + token->content.size();
        at = end;
        if (token->single_word && (ends_with_word(utf8.substr(0, start)) || starts_with_word(utf8.substr(end)))) continue;
        if (token->lstrip) start = std::max(start - trailing_white_space(utf8.substr(0, start)), done);
        if (token->rstrip) end += leading_white_space(utf8.substr(end));
        if (done < start) parts.push_back({utf8.substr(done, start - done), std::nullopt});
        parts.push_back({utf8.substr(start, end - start), token->id});
        done = end;
    }
    if (done < utf8.size()) parts.push_back({utf8.substr(done), std::nullopt});
    return parts;
}

}  // namespace headroom::tokenizers
