#include "ui/budget_session.h"

#include <algorithm>

#include <QSignalBlocker>

#include "ui/bridge/engine_bridge.h"
#include "ui/models/plan_text.h"
#include "ui/panels/clip_panel.h"
#include "ui/panels/generate_panel.h"
#include "ui/panels/memory_panel.h"
#include "ui/panels/request_panel.h"
#include "ui/settings/remembered_budget.h"
#include "ui/settings/settings_keys.h"
#include "ui/widgets/strategy_chips.h"
#include "ui/widgets/verdict_box.h"

namespace headroom::ui {

BudgetSession::BudgetSession(EngineBridge& bridge, const SessionParts& parts, QObject* parent) : QObject(parent), m_parts(parts)
{
    BudgetModel& budget = m_parts.memory.budget();
    connect(&bridge, &EngineBridge::outlookReady, this, &BudgetSession::takeOutlook);
    connect(&bridge, &EngineBridge::outlookRefused, this, [this, &budget](const Error& error) {
        m_parts.request.generate().setSummary({});
        budget.setRefusal(QString::fromStdString(error.message));
    });
    connect(&budget, &BudgetModel::changed, this, &BudgetSession::showVerdict);
    connect(&budget, &BudgetModel::budgetChanged, this, [this, &budget] {
        if (budget.outlook()) rememberBudget(m_parts.settings, budget.outlook()->device, budget.chosenBudget());
    });
    connect(&m_parts.memory.chips(), &StrategyChips::pinsChanged, this, [this] {
        rememberPins(m_parts.settings, m_parts.memory.chips().pins());
        Q_EMIT pinsChanged();
    });
    connect(&m_parts.request.generate().verdict(), &VerdictBox::remedyChosen, this, &BudgetSession::applyRemedy);
    connect(&bridge, &EngineBridge::stageProgressed, this, [&budget](const StageProgress& progress) {
        if (progress.measured_peak_bytes > 0)
            budget.setMeasured({progress.stage, progress.component}, {progress.measured_peak_bytes, 0, false});
    });
    connect(&bridge, &EngineBridge::stageFinished, this, [&budget](const StageReport& report) {
        budget.setMeasured({report.stage, report.component}, {report.measured_peak_bytes, report.predicted_peak_bytes, true});
    });
}

void BudgetSession::takeOutlook(const GenerateRequest& request, const PlanOutlook& outlook)
{
    BudgetModel& budget = m_parts.memory.budget();
    const QString device = QString::fromStdString(outlook.device);
    if (!budget.outlook() || budget.outlook()->device != outlook.device) {
        m_parts.settings.set(keys::kLastDevice, device);
        const QSignalBlocker onlyOnce(budget);
        budget.setBudget(rememberedBudget(m_parts.settings, outlook.device));
    }
    budget.setOutlook(request, outlook);
}

void BudgetSession::showVerdict()
{
    const BudgetModel& budget = m_parts.memory.budget();
    GeneratePanel& generate = m_parts.request.generate();
    const auto allExact = [&] { return std::ranges::all_of(budget.plan().stages, &StagePlan::exact); };
    VerdictBox::Kind kind = VerdictBox::Kind::Unknown;
    if (!budget.fits() || !budget.refusal().isEmpty()) {
        kind = VerdictBox::Kind::TooLarge;
    } else if (budget.hasForecast()) {
        kind = allExact() ? VerdictBox::Kind::Fits : VerdictBox::Kind::Approximate;
    }
    generate.verdict().showVerdict(kind, verdictText(budget), remedyOffers(budget, m_parts.memory.chips().pins()));
    generate.setFits(budget.fits());
}

void BudgetSession::applyRemedy(const RemedyOffer& offer)
{
    BudgetModel& budget = m_parts.memory.budget();
    switch (offer.kind) {
    case RemedyOffer::Kind::Automatic: return budget.setBudget(std::nullopt);
    case RemedyOffer::Kind::RaiseBudget: return budget.setBudget(offer.budgetBytes);
    case RemedyOffer::Kind::Unpin: return m_parts.memory.chips().choosePins({});
    case RemedyOffer::Kind::ChangeClip: break;
    }
    GenerateRequest changed;
    if (offer.remedy.width > 0) changed.width = offer.remedy.width;
    if (offer.remedy.height > 0) changed.height = offer.remedy.height;
    if (offer.remedy.frames > 0) changed.frames = offer.remedy.frames;
    m_parts.request.clip().apply(changed);
    if (offer.remedy.approximate) {
        Pins pins = m_parts.memory.chips().pins();
        pins.vae = VaeMethod::Tiles;
        pins.strips.reset();
        m_parts.memory.chips().choosePins(pins);
    }
}

}  // namespace headroom::ui
