#pragma once

#include <QObject>

#include "core/engine/engine.h"
#include "ui/models/remedy_offers.h"
#include "ui/session_parts.h"

namespace headroom::ui {

class EngineBridge;

/// The budget's part of a session: what was looked ahead goes to the memory panel, its verdict to the Generate button, what is
/// measured back to the panel; the person's budget and pins are remembered, and remedies applied.
class BudgetSession : public QObject {
    Q_OBJECT

public:
    BudgetSession(EngineBridge& bridge, const SessionParts& parts, QObject* parent = nullptr);

Q_SIGNALS:
    /// The person chose a way by hand: what was looked ahead is of no use any more.
    void pinsChanged();

private:
    void takeOutlook(const GenerateRequest& request, const PlanOutlook& outlook);
    void showVerdict();
    void applyRemedy(const RemedyOffer& remedy);

    SessionParts m_parts;
};

}  // namespace headroom::ui
