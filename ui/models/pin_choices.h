#pragma once

#include <functional>
#include <vector>

#include <QString>

#include "core/engine/plan.h"
#include "core/engine/request.h"

namespace headroom::ui {

/// One way that a decision can be pinned to.
struct PinChoice {
    QString text;
    std::function<void(Pins&)> pin;
};

/// A decision of the plan that a person may take over: what the plan says now, and what can be said instead.
struct PinnableDecision {
    const char* objectName;
    QString title;                                ///< "Text encoder"
    QString hint;                                 ///< What it trades.
    std::function<QString(const Plan&)> current;  ///< Empty: it plays no part in this plan.
    std::function<bool(const Pins&)> isPinned;
    std::function<void(Pins&)> unpin;
    std::function<bool(const Plan&)> isUsual;  ///< The plan decided what needs no mention; none: it is always worth one.
    std::vector<PinChoice> choices;
};

/// Every decision that the window lets one pin, in the order of the stages.
std::vector<PinnableDecision> pinnableDecisions();

/// Whether anything is pinned.
bool hasPins(const Pins& pins);

}  // namespace headroom::ui
