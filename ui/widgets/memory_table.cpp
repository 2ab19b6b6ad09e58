#include "ui/widgets/memory_table.h"

#include <algorithm>

#include <QHeaderView>
#include <QScrollBar>

#include "ui/models/memory_table_model.h"

namespace headroom::ui {

namespace {

constexpr int kRowHeight = 28;
constexpr int kNarrowestTitle = 88;

}  // namespace

MemoryTable::MemoryTable(const BudgetModel& model, QWidget* parent) : QTableView(parent)
{
    setObjectName(QStringLiteral("memoryTable"));
    setAccessibleName(tr("Memory of each stage"));
    setModel(new MemoryTableModel(model, this));
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setTabKeyNavigation(false);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(kRowHeight);
    horizontalHeader()->setHighlightSections(false);
    viewport()->setBackgroundRole(QPalette::Window);
    connect(this->model(), &QAbstractItemModel::modelReset, this, &MemoryTable::fitRows);
    connect(this->model(), &QAbstractItemModel::dataChanged, this, &MemoryTable::fitColumns);
    fitRows();
}

void MemoryTable::fitRows()
{
    const int header = horizontalHeader()->sizeHint().height();
    const int bar = horizontalScrollBar()->sizeHint().height();
    setFixedHeight(header + kRowHeight * std::max(1, model()->rowCount()) + bar + 2);
    fitColumns();
}

void MemoryTable::fitColumns()
{
    if (!isVisible()) return;
    resizeColumnsToContents();
    int room = viewport()->width();
    for (const int column : {MemoryTableModel::PeakColumn, MemoryTableModel::MeasuredColumn, MemoryTableModel::TimeColumn}) {
        room -= columnWidth(column);
    }
    const int title = columnWidth(MemoryTableModel::StageColumn);
    if (room < title) setColumnWidth(MemoryTableModel::StageColumn, std::max(room, kNarrowestTitle));
}

void MemoryTable::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    fitColumns();
}

void MemoryTable::showEvent(QShowEvent* event)
{
    QTableView::showEvent(event);
    fitColumns();
}

}  // namespace headroom::ui
