#pragma once

#include <vector>

#include <QString>

#include "ui/models/budget_model.h"

namespace headroom::ui {

/// One click that makes a clip fit.
struct RemedyOffer {
    enum class Kind {
        Automatic,    ///< Lift the person's own limit.
        RaiseBudget,  ///< Allow `budgetBytes`.
        ChangeClip,   ///< Take the remedy's numbers.
        Unpin,        ///< Leave every decision to the planner.
    };
    Kind kind = Kind::RaiseBudget;
    QString text;
    QString hint;
    std::int64_t budgetBytes = 0;
    Remedy remedy;
};

inline constexpr std::size_t kMostRemedyOffers = 4;

/// What would make the clip fit, best first; empty while it fits or nothing is known.
std::vector<RemedyOffer> remedyOffers(const BudgetModel& model, const Pins& pins);

}  // namespace headroom::ui
