#pragma once

#include <vector>

#include "core/engine/plan.h"
#include "core/planner/search_facts.h"

namespace headroom {

/// Ways of computing one stage in an order in which each is expected to need less memory than the one before it and to be no
/// faster, so that a search may jump and may stop.
struct Ladder {
    std::vector<StagePlan> rungs;
    /// Its last rung may need less than the ladders before it do; else it can only be faster.
    bool may_need_less = true;
};

/// The ways of a stage that are worth a dry run.
struct Ladders {
    std::vector<Ladder> exact;        ///< The first ladder's first rung is the fastest way of all, if memory is no matter.
    std::vector<Ladder> approximate;  ///< Ways that change pixels; empty for a stage that has none.
};

/// What is worth a dry run of `stage` (its stage and component filled in), as far as the pins leave a choice. The pins must have
/// passed check_pins. Left out unless pinned, because they need more memory for no time that can be foreseen: guidance as one
/// batch, a batch through the VAE at once, two latent frames at a time where the cache stays on the device.
Ladders ladders_of(const StagePlan& stage, const SearchFacts& facts);

}  // namespace headroom
