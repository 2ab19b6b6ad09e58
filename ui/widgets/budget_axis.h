#pragma once

#include <algorithm>
#include <cstdint>

namespace headroom::ui {

/// The common axis of the slider, the curve and the bars: bytes to the right, the same margins everywhere.
struct BudgetAxis {
    static constexpr double kMargin = 9;  ///< Beside the axis, so that the slider's handle has room.

    std::int64_t endBytes = 1;
    double width = 0;  ///< Of the widget.

    double length() const { return std::max(1.0, width - 2 * kMargin); }

    /// Where a number of bytes lies; what is past the end lies at the end.
    double x(std::int64_t bytes) const
    {
        return kMargin +
               length() * double(std::clamp<std::int64_t>(bytes, 0, endBytes)) / double(std::max<std::int64_t>(1, endBytes));
    }

    std::int64_t bytesAt(double x) const
    {
        return std::int64_t(std::clamp((x - kMargin) / length(), 0.0, 1.0) * double(endBytes));
    }
};

}  // namespace headroom::ui
