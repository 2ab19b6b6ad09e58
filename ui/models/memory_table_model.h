#pragma once

#include <QAbstractTableModel>

#include "ui/models/budget_model.h"

namespace headroom::ui {

/// What the bars draw, in numbers: one row a stage and one for the computer's memory; the peak, what it was measured to be, the
/// time, each part, and how the stage is done. Qt::UserRole gives sizes in bytes.
class MemoryTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        StageColumn,
        PeakColumn,
        MeasuredColumn,
        TimeColumn,
        FirstPartColumn,
        HowColumn = FirstPartColumn + int(MemoryKind::Context) + 1,
        ColumnCount
    };

    explicit MemoryTableModel(const BudgetModel& model, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void adopt();
    bool isHostRow(int row) const;
    std::int64_t bytes(int row, int column) const;
    QString text(int row, int column) const;

    const BudgetModel& m_model;
    int m_rows = 0;
};

}  // namespace headroom::ui
