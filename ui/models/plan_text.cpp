#include "ui/models/plan_text.h"

#include <cmath>

#include <QCoreApplication>
#include <QLocale>

#include "ui/models/byte_text.h"
#include "ui/models/run_progress.h"

namespace headroom::ui {

namespace {

/// The class exists for its name: the context that translators see.
class PlanText {
    Q_DECLARE_TR_FUNCTIONS(PlanText)

public:
    static QString rounded(double seconds)
    {
        if (seconds < 0.05) return tr("%1 s").arg(QStringLiteral("< %1").arg(QLocale().toString(0.1, 'f', 1)));
        if (seconds < 10) return tr("%1 s").arg(QLocale().toString(seconds, 'f', seconds < 0.95 ? 1 : 0));
        if (seconds < 55) return tr("%1 s").arg(std::lround(seconds / 5) * 5);
        if (seconds < 595) {
            const long tens = std::lround(seconds / 10) * 10;
            if (tens % 60 == 0) return tr("%1 min").arg(tens / 60);
            return tr("%1 min %2 s").arg(tens / 60).arg(tens % 60, 2, 10, QLatin1Char('0'));
        }
        const long minutes = std::lround(seconds / 60);
        if (minutes < 60) return tr("%1 min").arg(minutes);
        return tr("%1 h %2 min").arg(minutes / 60).arg(minutes % 60, 2, 10, QLatin1Char('0'));
    }

    static QString about(double seconds) { return tr("about %1").arg(rounded(seconds)); }

    static QString residency(const memory::WeightPlan& weights)
    {
        switch (weights.residency) {
        case memory::Residency::WholeRun: return tr("kept loaded");
        case memory::Residency::WhileStageRuns: return tr("loaded per stage");
        case memory::Residency::Streamed:
            if (weights.resident_blocks == 0) return tr("streamed");
            return tr("streamed, %1 stay").arg(weights.resident_blocks);
        case memory::Residency::OnHost: return tr("on the CPU");
        case memory::Residency::NotLoaded: return tr("not needed");
        }
        return {};
    }

    static QString guidance(GuidanceOrder order)
    {
        switch (order) {
        case GuidanceOrder::Sequential: return tr("in turn");
        case GuidanceOrder::Interleaved: return tr("block by block");
        case GuidanceOrder::Batched: return tr("together");
        }
        return {};
    }

    static QString vae(const VaePlan& plan)
    {
        switch (plan.method) {
        case VaeMethod::Whole: return tr("whole");
        case VaeMethod::Strips: return tr("%1 strips").arg(plan.strips);
        case VaeMethod::Tiles: return tr("≈ tiles %1 × %2").arg(plan.tiles.tile_width).arg(plan.tiles.tile_height);
        }
        return {};
    }

    static QString strategy(const StagePlan& stage, bool guided)
    {
        QStringList parts{residency(stage.weights)};
        if (stage.kept_before) parts << tr("there from the run before");
        if (stage.prefetch == Prefetch::Ahead) parts << tr("its files read ahead");
        if (stage.prefetch == Prefetch::NoRoom)
            parts << tr("its files not read ahead: too little of the computer's memory is free");
        if (stage.stage == Stage::Denoise) {
            if (guided) parts << tr("guidance %1").arg(guidance(stage.denoise.guidance));
            if (stage.denoise.token_rows > 0) parts << tr("%1 tokens at a time").arg(stage.denoise.token_rows);
            if (stage.denoise.head_groups > 1) parts << tr("heads in %1 groups").arg(stage.denoise.head_groups);
        } else if (stage.stage != Stage::EncodeText) {
            parts << vae(stage.vae);
            if (stage.vae.cache == CachePlace::Host) parts << tr("cache in the computer's memory");
            if (stage.vae.latents_per_chunk > 1) parts << tr("%1 latents at a time").arg(stage.vae.latents_per_chunk);
        }
        return parts.join(QStringLiteral(" · "));
    }

    static QString verdict(const BudgetModel& model)
    {
        if (!model.outlook()) return model.refusal();
        if (!model.fits()) {
            const QString sentence =
                model.isAutomatic() ? tr("Needs at least %1: %2 are free") : tr("Needs at least %1: %2 are allowed");
            return sentence.arg(byteText(model.zones().minimum), byteText(model.budgetBytes()));
        }
        if (!model.hasForecast()) return {};
        const QString sentence = exact(model) ? tr("Fits: %1, peak %2") : tr("Fits with ≈: %1, peak %2");
        return sentence.arg(about(model.seconds()), byteText(model.peakBytes(), model.budgetBytes()));
    }

    static bool exact(const BudgetModel& model)
    {
        for (const StagePlan& stage : model.plan().stages) {
            if (!stage.exact) return false;
        }
        return true;
    }

    static QString summary(const BudgetModel& model)
    {
        if (!model.outlook()) return tr("not known yet");
        const QString use = tr("Use at most %1").arg(byteText(model.budgetBytes(), model.outlook()->device_bytes));
        return QStringLiteral("%1. %2").arg(use, verdict(model));
    }

    static QString offer(const BudgetOffer& offer)
    {
        return tr("%1: %2 faster", "+1.4 GiB: 38 s faster")
            .arg(QStringLiteral("+%1").arg(byteText(offer.moreBytes)), rounded(offer.fewerSeconds));
    }

    static QString change(const Plan& before, const Plan& after, bool guided)
    {
        QStringList lines;
        for (std::size_t i = 0; i < after.stages.size(); ++i) {
            const QString text = strategy(after.stages[i], guided);
            if (i < before.stages.size() && strategy(before.stages[i], guided) == text) continue;
            lines << QStringLiteral("%1: %2").arg(stageTitle(after.stages[i].stage), text);
        }
        return lines.join(u'\n');
    }

    static QString peak(const StagePlan& stage, const StageMeasure* measure)
    {
        const std::int64_t predicted = measure && measure->ended ? measure->predictedBytes : stage.predicted_peak_bytes;
        if (!measure || measure->peakBytes <= 0) return predicted > 0 ? byteText(predicted) : QStringLiteral("–");
        if (predicted <= 0) return byteText(measure->peakBytes);
        if (!measure->ended) return byteText(measure->peakBytes, predicted);
        const double percent = 100.0 * (double(measure->peakBytes) / double(predicted) - 1);
        const long whole = std::lround(std::abs(percent));
        const QString sign = whole == 0 ? QStringLiteral("±") : percent < 0 ? QStringLiteral("−") : QStringLiteral("+");
        return tr("%1 → %2 (%3 %)", "predicted → measured (difference)")
            .arg(byteTextBefore(predicted, measure->peakBytes), byteText(measure->peakBytes), sign + QString::number(whole));
    }
};

}  // namespace

QString aboutText(double seconds)
{
    return PlanText::about(seconds);
}

QString roundedText(double seconds)
{
    return PlanText::rounded(seconds);
}

QString residencyText(const memory::WeightPlan& weights)
{
    return PlanText::residency(weights);
}

QString guidanceText(GuidanceOrder order)
{
    return PlanText::guidance(order);
}

QString vaeText(const VaePlan& vae)
{
    return PlanText::vae(vae);
}

QString strategyText(const StagePlan& stage, bool guided)
{
    return PlanText::strategy(stage, guided);
}

QString verdictText(const BudgetModel& model)
{
    return PlanText::verdict(model);
}

QString budgetSummary(const BudgetModel& model)
{
    return PlanText::summary(model);
}

QString offerText(const BudgetOffer& offer)
{
    return PlanText::offer(offer);
}

QString changeText(const Plan& before, const Plan& after, bool guided)
{
    return PlanText::change(before, after, guided);
}

QString peakText(const StagePlan& stage, const StageMeasure* measure)
{
    return PlanText::peak(stage, measure);
}

}  // namespace headroom::ui
