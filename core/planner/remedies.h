#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/result.h"
#include "core/engine/model_info.h"
#include "core/engine/outlook.h"

namespace headroom {

/// Another request than the one that doesn't fit.
struct RequestChange {
    int width = 0;  ///< All three are set.
    int height = 0;
    int frames = 0;
    bool approximate = false;  ///< With the pins of the VAE left out, so that ways that change pixels are allowed.
};

/// Looks ahead for a changed request; settled for the budget in question is enough (plan_search.h).
using OutlookOf = std::function<Result<PlanOutlook>(const RequestChange&)>;

/// The request that doesn't fit, and which numbers its model takes.
struct RemedyFacts {
    int width = 0;
    int height = 0;
    int frames = 0;
    NumberRule width_rule;
    NumberRule height_rule;
    NumberRule frames_rule;
    bool vae_pinned_exact = false;  ///< The VAE's method is pinned to one that doesn't change pixels.
};

/// What would make the request fit the budget, ranked by how much of the clip is left (pixels times frames): ways that change
/// pixels, where pins forbid them; the most frames at this size; the largest size of about this shape at this length. Found by
/// bisection, so it asks for some ten outlooks. Errors: those of `outlook_of`, except that a change which doesn't fit is none.
Result<std::vector<Remedy>> find_remedies(const RemedyFacts& facts, std::int64_t budget_bytes, const OutlookOf& outlook_of);

}  // namespace headroom
