#pragma once

#include <thread>

#include "core/files/weight_index.h"

namespace headroom::files {

/// Brings a component's files into the computer's memory on a thread of its own, in the order in which they lie there. What was
/// fetched is the system's to keep or drop; nothing is copied. Ends early with the object.
class FetchAhead {
public:
    /// The index must outlive the object.
    explicit FetchAhead(const WeightIndex& index);

private:
    std::jthread m_thread;
};

}  // namespace headroom::files
