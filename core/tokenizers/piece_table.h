#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

namespace headroom::tokenizers {

/// Pieces of text and their ids, with the search for all pieces that start a text.
class PieceTable {
public:
    /// A piece added twice has the later id. Empty pieces are never found.
    void add(std::string piece, std::int32_t id);

    std::optional<std::int32_t> find(std::string_view piece) const;

    /// Calls visit(size, id) for each piece that starts `text`, the shortest first.
    template <typename Visit>
    void for_each_prefix(std::string_view text, Visit&& visit) const
    {
        for (const std::size_t size : m_sizes) {
            if (size > text.size()) break;
            const auto found = m_ids.find(text.substr(0, size));
            if (found != m_ids.end()) visit(size, found->second);
        }
    }

private:
    std::deque<std::string> m_pieces;  // never moves them: the map's keys are views
    std::unordered_map<std::string_view, std::int32_t> m_ids;
    std::set<std::size_t> m_sizes;
};

}  // namespace headroom::tokenizers
