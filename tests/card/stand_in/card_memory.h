#pragma once

#include <cstdint>
#include <map>
#include <mutex>

namespace stand_in {

/// What the card that isn't there is like. Read once from the environment variable HEADROOM_STAND_IN_CARD, "name=value" pairs
/// with commas between them, sizes in MiB: memory, context, libraries, others, capability (89 is 8.9), delay_us,
/// workspace.
struct CardFacts {
    std::int64_t total_bytes = 0;
    std::int64_t context_bytes = 0;    ///< Taken when the process first does something on the card.
    std::int64_t libraries_bytes = 0;  ///< Taken when it first multiplies: kernels that are loaded on demand.
    std::int64_t others_bytes = 0;     ///< Held by other processes at first.
    int capability = 89;
    int delay_us = 0;                  ///< The longest that a copy waits at random before it begins.
    std::int64_t workspace_bytes = 0;  ///< What each convolution asks for.
};
const CardFacts& card_facts();

/// The card's memory: address space of this process that is counted against the card's size. Any thread.
class CardMemory {
public:
    static CardMemory& instance();

    void make_context();
    bool has_context() const;
    void load_libraries();
    /// nullptr where the card has no room left. Zeroed, in whole pages of 2 MiB as the driver gives it.
    void* allocate(std::int64_t size_bytes);
    /// False for what allocate() didn't give.
    bool release(void* address);
    /// Memory without an address, which driver.cpp maps: false where the card has no room left.
    bool take(std::int64_t size_bytes);
    void give_back(std::int64_t size_bytes);
    /// Addresses of the card that memory can be mapped to.
    void* reserve_addresses(std::int64_t size_bytes);
    void release_addresses(void* address, std::int64_t size_bytes);

    /// Is the address on the card?
    bool holds(const void* address) const;

    std::int64_t free_bytes() const;
    std::int64_t used_bytes() const;
    /// The most that was used, this process's and the others' together.
    std::int64_t peak_bytes() const;
    void restart_peak();

    /// From now on other processes hold so much.
    void let_others_hold(std::int64_t size_bytes);
    std::int64_t others_bytes() const;
    /// The next allocations but `granted` are refused, `refused` of them.
    void refuse(std::int64_t granted, std::int64_t refused);

    void note_pinned(void* address, std::int64_t size_bytes);
    std::int64_t forget_pinned(void* address);  ///< Its size; 0 for what isn't pinned.
    bool is_pinned(const void* address) const;

private:
    std::int64_t used() const;
    bool has_room(std::int64_t size_bytes);
    void note_peak();

    mutable std::mutex m_mutex;
    std::map<const std::byte*, std::int64_t> m_blocks;
    std::map<const std::byte*, std::int64_t> m_addresses;
    std::map<const std::byte*, std::int64_t> m_pinned;
    std::int64_t m_allocated_bytes = 0;
    std::int64_t m_others_bytes = card_facts().others_bytes;
    std::int64_t m_granted = 0;  ///< Allocations before the next that is refused.
    std::int64_t m_refused = 0;  ///< Allocations that will be refused then.
    std::int64_t m_peak_bytes = 0;
    bool m_has_context = false;
    bool m_has_libraries = false;
};

}  // namespace stand_in
