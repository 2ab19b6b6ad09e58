#pragma once

#include <QString>

#include "ui/models/budget_model.h"

namespace headroom::ui {

/// "about 3 min", "about 40 s": as exact as a forecast is.
QString aboutText(double seconds);

/// The same without "about", for columns of times.
QString roundedText(double seconds);

/// How a component's weights are held: "streamed, 18 stay" (blocks).
QString residencyText(const memory::WeightPlan& weights);

/// "in turn", "block by block", "together".
QString guidanceText(GuidanceOrder order);

/// "whole", "4 strips", "≈ tiles 256 × 256".
QString vaeText(const VaePlan& vae);

/// Everything that is decided for a stage in one line, for the table.
QString strategyText(const StagePlan& stage, bool guided);

/// One sentence for the line at Generate: "Fits: about 3 min, peak 7.4 of 8.0 GiB". Empty while nothing is known.
QString verdictText(const BudgetModel& model);

/// The slider's value in words, for people who don't see it.
QString budgetSummary(const BudgetModel& model);

/// "+1.4 GiB: −38 s".
QString offerText(const BudgetOffer& offer);

/// What another plan does differently, a line a stage: "Denoise: streamed, 10 stay". Empty when it does nothing else.
QString changeText(const Plan& before, const Plan& after, bool guided);

/// "7.4 → 7.2 GiB (−3 %)": predicted against measured, or one of the two.
QString peakText(const StagePlan& stage, const StageMeasure* measure);

}  // namespace headroom::ui
