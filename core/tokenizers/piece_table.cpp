#include "core/tokenizers/piece_table.h"

#include <utility>

namespace headroom::tokenizers {

void PieceTable::add(std::string piece, std::int32_t id)
{
    if (piece.empty()) return;
    const auto found = m_ids.find(piece);
    if (found != m_ids.end()) {
        found->second = id;
        return;
    }
    m_pieces.push_back(std::move(piece));
    m_ids.emplace(m_pieces.back(), id);
    m_sizes.insert(m_pieces.back().size());
}

std::optional<std::int32_t> PieceTable::find(std::string_view piece) const
{
    const auto found = m_ids.find(piece);
    return found == m_ids.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace headroom::tokenizers
