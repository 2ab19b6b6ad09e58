#pragma once

#include <cstdint>
#include <span>

#include "core/planner/forecast.h"
#include "core/planner/search_facts.h"

namespace headroom {

/// Seconds of counted work at the device's rates, without any weights on the way.
double work_seconds(const Work& work, const MachineRates& rates);

/// One block as the pipeline sees it.
struct BlockTimes {
    double compute_seconds = 0;       ///< Each time it is used.
    double first_upload_seconds = 0;  ///< From the disk, the first time.
    double upload_seconds = 0;        ///< Each later time, if it doesn't stay.
    bool stays = true;
};

/// Seconds of `loads` passes over the blocks. Uploads run one after the other beside the computing. A streamed block's upload
/// waits for one of the `slots`, so with one slot nothing overlaps, and with two a pass takes the larger of computing and
/// uploading where blocks are alike. A block that stays is fetched while the one before it computes, once.
double pass_seconds(std::span<const BlockTimes> blocks, int slots, double loads);

/// Seconds of a stage under a plan for its weights, corrected by this machine's history. Counts, in this order: the work; reading
/// the weights anew for each further piece of the tokens; a small part for each further head group and strip; the weights' way
/// from the disk, unless an earlier run left them there, and, streamed, again and again; a feature cache on the host going to and
/// fro each chunk.
double stage_seconds(const StageForecast& forecast, const memory::WeightPlan& weights, const SearchFacts& facts);

}  // namespace headroom
