#pragma once

#include <vector>

#include <QWidget>

#include "ui/models/budget_model.h"
#include "ui/models/pin_choices.h"

class QPushButton;

namespace headroom::ui {

/// What the plan decided, a chip a decision. Its menu pins the decision or leaves it to the planner; a lock marks what is pinned,
/// ≈ what changes pixels.
class StrategyChips : public QWidget {
    Q_OBJECT

public:
    explicit StrategyChips(const BudgetModel& model, QWidget* parent = nullptr);

    const Pins& pins() const { return m_pins; }

    /// Takes pins that were remembered; tells nobody.
    void setPins(const Pins& pins);

    /// Changes the pins as the person would; pinsChanged follows.
    void choosePins(const Pins& pins);

Q_SIGNALS:
    void pinsChanged();

private:
    void adopt();
    void fillMenu(std::size_t index);
    bool matters(const PinnableDecision& decision) const;

    const BudgetModel& m_model;
    std::vector<PinnableDecision> m_decisions;
    std::vector<QPushButton*> m_chips;
    QPushButton* m_more = nullptr;
    QPushButton* m_reset = nullptr;
    Pins m_pins;
};

}  // namespace headroom::ui
