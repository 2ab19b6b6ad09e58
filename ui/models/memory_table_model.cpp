#include "ui/models/memory_table_model.h"

#include <QFont>

#include "ui/models/byte_text.h"
#include "ui/models/plan_text.h"
#include "ui/models/run_progress.h"
#include "ui/theme/memory_colors.h"

namespace headroom::ui {

MemoryTableModel::MemoryTableModel(const BudgetModel& model, QObject* parent) : QAbstractTableModel(parent), m_model(model)
{
    connect(&m_model, &BudgetModel::changed, this, &MemoryTableModel::adopt);
    adopt();
}

void MemoryTableModel::adopt()
{
    const bool host = m_model.outlook() && m_model.outlook()->device != "cpu" && m_model.outlook()->host_free_bytes > 0;
    const int rows = int(m_model.plan().stages.size()) + (host ? 1 : 0);
    if (rows != m_rows) {
        beginResetModel();
        m_rows = rows;
        endResetModel();
    } else if (rows > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rows - 1, ColumnCount - 1));
    }
}

int MemoryTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_rows;
}

int MemoryTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

bool MemoryTableModel::isHostRow(int row) const
{
    return row >= int(m_model.plan().stages.size());
}

std::int64_t MemoryTableModel::bytes(int row, int column) const
{
    if (isHostRow(row)) return column == PeakColumn ? m_model.hostBytes() : 0;
    const StagePlan& stage = m_model.plan().stages[row];
    if (column == PeakColumn) return stage.predicted_peak_bytes;
    if (column == MeasuredColumn) {
        const auto found = m_model.measured().find(keyOf(stage));
        return found == m_model.measured().end() ? 0 : found->second.peakBytes;
    }
    for (const MemoryPart& part : stage.parts) {
        if (column == FirstPartColumn + int(part.kind)) return part.size_bytes;
    }
    return 0;
}

QString MemoryTableModel::text(int row, int column) const
{
    const QString none = QStringLiteral("–");
    if (column == StageColumn)
        return isHostRow(row) ? tr("Computer's memory") : stageTitle(m_model.plan(), m_model.plan().stages[row]);
    if (column == TimeColumn || column == HowColumn) {
        if (isHostRow(row)) return none;
        const StagePlan& stage = m_model.plan().stages[row];
        if (column == TimeColumn) return stage.predicted_seconds > 0 ? roundedText(stage.predicted_seconds) : none;
        return strategyText(stage, m_model.isGuided());
    }
    const std::int64_t size = bytes(row, column);
    return size > 0 ? byteText(size) : none;
}

QVariant MemoryTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows) return {};
    const bool isText = index.column() == StageColumn || index.column() == HowColumn;
    switch (role) {
    case Qt::DisplayRole: return text(index.row(), index.column());
    case Qt::TextAlignmentRole: return QVariant::fromValue(Qt::AlignVCenter | (isText ? Qt::AlignLeft : Qt::AlignRight));
    case Qt::ToolTipRole:
        if (isText || index.column() == TimeColumn) return text(index.row(), index.column());
        return exactByteText(bytes(index.row(), index.column()));
    case Qt::UserRole:
        return isText || index.column() == TimeColumn ? QVariant() : QVariant(qlonglong(bytes(index.row(), index.column())));
    case Qt::FontRole: {
        const std::int64_t peak = bytes(index.row(), PeakColumn);
        if (index.column() != PeakColumn || isHostRow(index.row()) || peak == 0 || peak != m_model.peakBytes()) return {};
        QFont font;
        font.setWeight(QFont::DemiBold);
        return font;
    }
    default: return {};
    }
}

QVariant MemoryTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        const bool isText = section == StageColumn || section == HowColumn;
        return QVariant::fromValue(Qt::AlignVCenter | (isText ? Qt::AlignLeft : Qt::AlignRight));
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case StageColumn: return tr("Stage");
    case PeakColumn: return tr("Peak");
    case MeasuredColumn: return tr("Measured");
    case TimeColumn: return tr("Time");
    case HowColumn: return tr("How");
    default: return memoryKindText(static_cast<MemoryKind>(section - FirstPartColumn));
    }
}

}  // namespace headroom::ui
