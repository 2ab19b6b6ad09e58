#pragma once

#include <cstdint>

namespace headroom {

/// Bytes that LibTorch's CPU tensors hold, counted where they are allocated. LibTorch has one CPU allocator a process, so the
/// count is the process's too; it says what a CPU run keeps "on the device". What other libraries allocate for themselves is not
/// seen.
///
/// Any thread may allocate; the counts are atomic.
class HostMemory {
public:
    /// Puts the counting allocator in the place of LibTorch's. Tensors made before are not counted and are freed as they were
    /// allocated. Later calls do nothing.
    static void start_counting();

    /// Bytes held now.
    static std::int64_t live_bytes();

    /// The largest live_bytes() since the last restart_peak().
    static std::int64_t peak_bytes();

    /// Lets peak_bytes() begin anew at live_bytes().
    static void restart_peak();

    /// The wall: from now on an allocation that would bring live_bytes() above the limit throws c10::OutOfMemoryError, whose
    /// message says what was asked for, what is held and what the limit is. It holds for all that is live, also from before. 0:
    /// no limit.
    static void set_limit(std::int64_t limit_bytes);
    static std::int64_t limit_bytes();
};

/// The wall for as long as the object lives; then the former limit again. One at a time, or nested.
class HostMemoryLimit {
public:
    explicit HostMemoryLimit(std::int64_t limit_bytes);
    ~HostMemoryLimit();
    HostMemoryLimit(const HostMemoryLimit&) = delete;
    HostMemoryLimit& operator=(const HostMemoryLimit&) = delete;

private:
    std::int64_t m_former_bytes;
};

/// While it lives, what its thread allocates is counted here and nowhere else: so that something can be tried beside a run.
/// Tensors made under it are freed on the same thread and before it goes. One a thread.
class HostMemoryProbe {
public:
    HostMemoryProbe();
    ~HostMemoryProbe();
    HostMemoryProbe(const HostMemoryProbe&) = delete;
    HostMemoryProbe& operator=(const HostMemoryProbe&) = delete;

    /// The most bytes held at once since it was made or restart_peak() was called.
    std::int64_t peak_bytes() const { return m_peak_bytes; }
    void restart_peak() { m_peak_bytes = m_live_bytes; }
    /// For the allocator.
    void count(std::int64_t size_bytes);

private:
    std::int64_t m_live_bytes = 0;
    std::int64_t m_peak_bytes = 0;
};

/// For tests: while it lives, the n-th allocation from its making on (1 is the next, whichever thread asks) is refused once with
/// c10::OutOfMemoryError. One at a time.
class AllocationFault {
public:
    explicit AllocationFault(std::int64_t nth);
    ~AllocationFault();
    AllocationFault(const AllocationFault&) = delete;
    AllocationFault& operator=(const AllocationFault&) = delete;

    /// Whether it has refused one: false when fewer allocations were made.
    bool struck() const;
};

}  // namespace headroom
