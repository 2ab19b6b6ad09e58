#include "card_memory.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <sys/mman.h>

namespace stand_in {

namespace {

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kPageBytes = 2 * kMiB;

CardFacts read_facts()
{
    std::map<std::string, std::int64_t> given{{"memory", 8192},   {"context", 300}, {"libraries", 64}, {"others", 0},
                                              {"capability", 89}, {"delay_us", 0},  {"workspace", 16}};
    const char* variable = std::getenv("HEADROOM_STAND_IN_CARD");
    std::string text = variable ? variable : "";
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(','), text.size());
        const std::string pair = text.substr(0, end);
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos || !given.contains(pair.substr(0, equals))) {
            std::fprintf(stderr, "HEADROOM_STAND_IN_CARD: '%s' means nothing\n", pair.c_str());
            std::abort();
        }
        given[pair.substr(0, equals)] = std::atoll(pair.c_str() + equals + 1);
        text.erase(0, end + 1);
    }
    return {.total_bytes = given["memory"] * kMiB,
            .context_bytes = given["context"] * kMiB,
            .libraries_bytes = given["libraries"] * kMiB,
            .others_bytes = given["others"] * kMiB,
            .capability = int(given["capability"]),
            .delay_us = int(given["delay_us"]),
            .workspace_bytes = given["workspace"] * kMiB};
}

bool lies_in(const std::map<const std::byte*, std::int64_t>& blocks, const void* address)
{
    const auto* byte = static_cast<const std::byte*>(address);
    auto next = blocks.upper_bound(byte);
    if (next == blocks.begin()) return false;
    const auto& [begin, size_bytes] = *std::prev(next);
    return byte < begin + size_bytes;
}

}  // namespace

const CardFacts& card_facts()
{
    static const CardFacts facts = read_facts();
    return facts;
}

CardMemory& CardMemory::instance()
{
    static auto* memory = new CardMemory;  // Never destroyed: threads of streams and libraries outlive main().
    return *memory;
}

std::int64_t CardMemory::used() const
{
    return m_others_bytes + m_allocated_bytes + (m_has_context ? card_facts().context_bytes : 0) +
           (m_has_libraries ? card_facts().libraries_bytes : 0);
}

void CardMemory::note_peak()
{
    m_peak_bytes = std::max(m_peak_bytes, used());
}

void CardMemory::make_context()
{
    const std::lock_guard lock(m_mutex);
    m_has_context = true;
    note_peak();
}

bool CardMemory::has_context() const
{
    const std::lock_guard lock(m_mutex);
    return m_has_context;
}

void CardMemory::load_libraries()
{
    const std::lock_guard lock(m_mutex);
    m_has_libraries = true;
    note_peak();
}

bool CardMemory::has_room(std::int64_t size_bytes)
{
    m_has_context = true;
    if (m_refused > 0 && m_granted-- <= 0) {
        --m_refused;
        return false;
    }
    return used() + size_bytes <= card_facts().total_bytes;
}

void* CardMemory::allocate(std::int64_t size_bytes)
{
    const std::lock_guard lock(m_mutex);
    const std::int64_t taken_bytes = (std::max<std::int64_t>(size_bytes, 1) + kPageBytes - 1) / kPageBytes * kPageBytes;
    if (!has_room(taken_bytes)) return nullptr;
    void* address =
        mmap(nullptr, std::size_t(taken_bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address == MAP_FAILED) return nullptr;
    m_blocks[static_cast<std::byte*>(address)] = taken_bytes;
    m_allocated_bytes += taken_bytes;
    note_peak();
    return address;
}

bool CardMemory::release(void* address)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_blocks.find(static_cast<std::byte*>(address));
    if (found == m_blocks.end()) return false;
    munmap(address, std::size_t(found->second));
    m_allocated_bytes -= found->second;
    m_blocks.erase(found);
    return true;
}

bool CardMemory::take(std::int64_t size_bytes)
{
    const std::lock_guard lock(m_mutex);
    if (!has_room(size_bytes)) return false;
    m_allocated_bytes += size_bytes;
    note_peak();
    return true;
}

void CardMemory::give_back(std::int64_t size_bytes)
{
    const std::lock_guard lock(m_mutex);
    m_allocated_bytes -= size_bytes;
}

void* CardMemory::reserve_addresses(std::int64_t size_bytes)
{
    // Aligned as the driver does, of which mmap knows nothing.
    const std::int64_t spare_bytes = size_bytes + kPageBytes;
    void* found = mmap(nullptr, std::size_t(spare_bytes), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (found == MAP_FAILED) return nullptr;
    const auto number = (reinterpret_cast<std::uintptr_t>(found) + kPageBytes - 1) / kPageBytes * kPageBytes;
    const std::lock_guard lock(m_mutex);
    m_addresses[reinterpret_cast<const std::byte*>(number)] = size_bytes;
    return reinterpret_cast<void*>(number);
}

void CardMemory::release_addresses(void* address, std::int64_t size_bytes)
{
    const std::lock_guard lock(m_mutex);
    munmap(address, std::size_t(size_bytes));
    m_addresses.erase(static_cast<std::byte*>(address));
}

bool CardMemory::holds(const void* address) const
{
    const std::lock_guard lock(m_mutex);
    return lies_in(m_blocks, address) || lies_in(m_addresses, address);
}

std::int64_t CardMemory::free_bytes() const
{
    const std::lock_guard lock(m_mutex);
    return card_facts().total_bytes - used();
}

std::int64_t CardMemory::used_bytes() const
{
    const std::lock_guard lock(m_mutex);
    return used();
}

std::int64_t CardMemory::peak_bytes() const
{
    const std::lock_guard lock(m_mutex);
    return m_peak_bytes;
}

void CardMemory::restart_peak()
{
    const std::lock_guard lock(m_mutex);
    m_peak_bytes = used();
}

void CardMemory::let_others_hold(std::int64_t size_bytes)
{
    const std::lock_guard lock(m_mutex);
    m_others_bytes = size_bytes;
}

std::int64_t CardMemory::others_bytes() const
{
    const std::lock_guard lock(m_mutex);
    return m_others_bytes;
}

void CardMemory::refuse(std::int64_t granted, std::int64_t refused)
{
    const std::lock_guard lock(m_mutex);
    m_granted = granted;
    m_refused = refused;
}

void CardMemory::note_pinned(void* address, std::int64_t size_bytes)
{
    const std::lock_guard lock(m_mutex);
    m_pinned[static_cast<std::byte*>(address)] = size_bytes;
}

std::int64_t CardMemory::forget_pinned(void* address)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_pinned.find(static_cast<std::byte*>(address));
    if (found == m_pinned.end()) return 0;
    const std::int64_t size_bytes = found->second;
    m_pinned.erase(found);
    return size_bytes;
}

bool CardMemory::is_pinned(const void* address) const
{
    const std::lock_guard lock(m_mutex);
    return lies_in(m_pinned, address);
}

}  // namespace stand_in
