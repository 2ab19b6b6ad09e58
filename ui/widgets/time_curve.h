#pragma once

#include <QWidget>

#include "ui/models/budget_model.h"

namespace headroom::ui {

/// The time of the run over the budget, on the slider's axis, with a dot where the budget is.
class TimeCurve : public QWidget {
    Q_OBJECT

public:
    explicit TimeCurve(const BudgetModel& model, QWidget* parent = nullptr);

    QSize sizeHint() const override { return {280, 48}; }
    QSize minimumSizeHint() const override { return {160, 48}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void adopt();

    const BudgetModel& m_model;
};

}  // namespace headroom::ui
