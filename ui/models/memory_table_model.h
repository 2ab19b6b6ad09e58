#pragma once

#include <array>
#include <optional>

#include <QAbstractTableModel>

#include "core/engine/events.h"
#include "core/engine/model_info.h"
#include "core/engine/plan.h"

namespace headroom::ui {

/// One row a stage: the component it needs, the size of its weights on disk, and the peak that was measured in the last run.
class MemoryTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { StageColumn, WeightsColumn, PeakColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    /// Shows this model's weights; measured peaks of another model are forgotten.
    void setModelInfo(const ModelInfo& model);
    void setPlan(const Plan& plan);
    void setMeasured(const StageReport& report);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    static constexpr int kStages = 3;
    QString componentOf(Stage stage) const;
    void refresh();

    std::optional<ModelInfo> m_model;
    std::optional<Plan> m_plan;
    std::array<std::int64_t, kStages> m_peaks{};  ///< bytes; 0 when not measured.
};

}  // namespace headroom::ui
