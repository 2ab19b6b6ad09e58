#include "ui/models/memory_table_model.h"

#include <algorithm>

#include <QFont>

#include "core/base/byte_size.h"
#include "ui/models/run_progress.h"

namespace headroom::ui {

void MemoryTableModel::setModelInfo(const ModelInfo& model)
{
    if (m_model && m_model->dir != model.dir) m_peaks = {};
    m_model = model;
    refresh();
}

void MemoryTableModel::setPlan(const Plan& plan)
{
    m_plan = plan;
    refresh();
}

void MemoryTableModel::setMeasured(const StageReport& report)
{
    m_peaks[static_cast<int>(report.stage)] = report.measured_peak_bytes;
    refresh();
}

void MemoryTableModel::refresh()
{
    Q_EMIT dataChanged(index(0, 0), index(kStages - 1, ColumnCount - 1));
}

int MemoryTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kStages;
}

int MemoryTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString MemoryTableModel::componentOf(Stage stage) const
{
    if (m_plan) {
        for (const StagePlan& plan : m_plan->stages) {
            if (plan.stage == stage) return QString::fromStdString(plan.component);
        }
    }
    const auto row = static_cast<std::size_t>(stage);
    return m_model && row < m_model->components.size() ? QString::fromStdString(m_model->components[row].name) : QString();
}

QVariant MemoryTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= kStages) return {};
    const auto stage = static_cast<Stage>(index.row());
    const std::int64_t peak = m_peaks[index.row()];
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::AlignVCenter | (index.column() == StageColumn ? Qt::AlignLeft : Qt::AlignRight));
    }
    if (role == Qt::FontRole && index.column() == PeakColumn && peak > 0 &&
        peak == *std::max_element(m_peaks.begin(), m_peaks.end())) {
        QFont font;
        font.setWeight(QFont::DemiBold);
        return font;
    }
    if (role == Qt::ToolTipRole) return componentOf(stage);
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
    case StageColumn: return stageTitle(stage);
    case WeightsColumn: {
        if (!m_model) return QStringLiteral("–");
        for (const ComponentInfo& component : m_model->components) {
            if (QString::fromStdString(component.name) == componentOf(stage)) {
                return QString::fromStdString(format_byte_size(component.size_bytes));
            }
        }
        return QStringLiteral("–");
    }
    case PeakColumn: return peak > 0 ? QString::fromStdString(format_byte_size(peak)) : QStringLiteral("–");
    default: return {};
    }
}

QVariant MemoryTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::AlignVCenter | (section == StageColumn ? Qt::AlignLeft : Qt::AlignRight));
    }
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case WeightsColumn: return tr("Size of the weights on the disk");
        case PeakColumn: return tr("The most that was on the device in this stage of the last run: weights, activations, caches");
        default: return {};
        }
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case StageColumn: return tr("Stage");
    case WeightsColumn: return tr("Weights");
    case PeakColumn: return tr("Peak");
    default: return {};
    }
}

}  // namespace headroom::ui
