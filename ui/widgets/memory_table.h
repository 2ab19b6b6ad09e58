#pragma once

#include <QTableView>

#include "ui/models/budget_model.h"

namespace headroom::ui {

/// The memory of each stage in numbers, as tall as its rows. Peak, measured and time stay in sight in a narrow panel: the stage's
/// title gives way. Its parts and how it is done are reached by scrolling.
class MemoryTable : public QTableView {
    Q_OBJECT

public:
    explicit MemoryTable(const BudgetModel& model, QWidget* parent = nullptr);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void fitRows();
    void fitColumns();
};

}  // namespace headroom::ui
