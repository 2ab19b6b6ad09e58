#include "core/engine/model_info.h"

#include <algorithm>

namespace headroom {

int NumberRule::nearest(int value) const
{
    const int clamped = std::clamp(value, minimum, maximum);
    const int below = offset + (clamped - offset) / step * step;
    const int nearer = clamped - below > below + step - clamped ? below + step : below;
    if (nearer < minimum) return nearer + step;
    return nearer > maximum ? nearer - step : nearer;
}

}  // namespace headroom
