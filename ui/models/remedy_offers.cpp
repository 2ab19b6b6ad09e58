#include "ui/models/remedy_offers.h"

#include <algorithm>

#include <QCoreApplication>

#include "core/base/byte_size.h"
#include "ui/models/byte_text.h"
#include "ui/models/pin_choices.h"

namespace headroom::ui {

namespace {

/// The class exists for its name: the context that translators see.
class RemedyOffers {
    Q_DECLARE_TR_FUNCTIONS(RemedyOffers)

public:
    static RemedyOffer raise(std::int64_t minimum)
    {
        const std::int64_t budget = (minimum + kMiB - 1) / kMiB * kMiB;
        return {RemedyOffer::Kind::RaiseBudget, tr("Allow %1").arg(byteText(budget)), exactByteText(budget), budget, {}};
    }

    static RemedyOffer lift(std::int64_t automatic)
    {
        return {RemedyOffer::Kind::Automatic,
                tr("Use what is free: %1").arg(byteText(automatic)),
                exactByteText(automatic),
                automatic,
                {}};
    }

    static RemedyOffer change(const Remedy& remedy)
    {
        QStringList parts;
        if (remedy.width > 0 || remedy.height > 0) parts << tr("%1 × %2 pixels").arg(remedy.width).arg(remedy.height);
        if (remedy.frames > 0) parts << tr("%1 frames").arg(remedy.frames);
        if (remedy.approximate) parts << tr("allow changed pixels (≈)");
        const QString text = tr("%1: needs %2").arg(parts.join(QStringLiteral(", ")), byteText(remedy.minimum_budget_bytes));
        return {RemedyOffer::Kind::ChangeClip, text, QString::fromStdString(remedy.sentence), remedy.minimum_budget_bytes,
                remedy};
    }

    static RemedyOffer unpin()
    {
        return {RemedyOffer::Kind::Unpin, tr("Unpin all"), tr("Leave every decision to the planner"), 0, {}};
    }
};

}  // namespace

std::vector<RemedyOffer> remedyOffers(const BudgetModel& model, const Pins& pins)
{
    std::vector<RemedyOffer> offers;
    if (!model.outlook()) {
        if (hasPins(pins) && !model.refusal().isEmpty()) offers.push_back(RemedyOffers::unpin());
        return offers;
    }
    if (model.fits()) return offers;
    const PlanOutlook& outlook = *model.outlook();
    const std::int64_t minimum = model.zones().minimum;
    if (!model.isAutomatic() && outlook.auto_budget_bytes >= minimum) {
        offers.push_back(RemedyOffers::raise(minimum));
        offers.push_back(RemedyOffers::lift(outlook.auto_budget_bytes));
    } else if (outlook.device_bytes - outlook.others_bytes >= minimum) {
        offers.push_back(RemedyOffers::raise(minimum));
    }
    if (hasPins(pins)) offers.push_back(RemedyOffers::unpin());
    for (const Remedy& remedy : outlook.remedies) {
        if (remedy.minimum_budget_bytes <= model.budgetBytes()) offers.push_back(RemedyOffers::change(remedy));
    }
    if (offers.size() > kMostRemedyOffers) offers.resize(kMostRemedyOffers);
    return offers;
}

}  // namespace headroom::ui
