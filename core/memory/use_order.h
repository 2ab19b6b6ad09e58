#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace headroom::memory {

/// In which order blocks are used: as they were announced, in a circle, until use shows otherwise. A block that is used once at
/// the beginning (the projection of the text) is thus left out of the second pass's look-ahead. Free of torch.
class UseOrder {
public:
    /// streamed: the blocks of interest, in the order of use.
    explicit UseOrder(const std::vector<std::size_t>& streamed)
    {
        for (std::size_t i = 0; i < streamed.size(); ++i) {
            if (streamed[i] >= m_next.size()) m_next.resize(streamed[i] + 1, 0);
            m_next[streamed[i]] = streamed[(i + 1) % streamed.size()];
        }
    }

    /// `block` is used now; what follows the one used before is learnt from it.
    void use(std::size_t block)
    {
        if (m_current && *m_current != block) m_next[*m_current] = block;
        m_current = block;
    }

    /// The block used last and those expected next, `count` in all and no block twice. Empty before the first use.
    std::vector<std::size_t> ahead(std::size_t count) const
    {
        std::vector<std::size_t> blocks;
        if (!m_current) return blocks;
        for (std::size_t block = *m_current; blocks.size() < count; block = m_next[block]) {
            for (const std::size_t listed : blocks) {
                if (listed == block) return blocks;
            }
            blocks.push_back(block);
        }
        return blocks;
    }

private:
    std::vector<std::size_t> m_next;
    std::optional<std::size_t> m_current;
};

}  // namespace headroom::memory
