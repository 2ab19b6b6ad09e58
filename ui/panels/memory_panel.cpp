#include "ui/panels/memory_panel.h"

#include <QCoreApplication>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/models/memory_table_model.h"

namespace headroom::ui {

QString dtypeText(ComputeDtype dtype)
{
    switch (dtype) {
    case ComputeDtype::Auto: return QStringLiteral("auto");
    case ComputeDtype::Float32: return QStringLiteral("fp32");
    case ComputeDtype::BFloat16: return QStringLiteral("bf16");
    case ComputeDtype::Float16: return QStringLiteral("fp16");
    }
    return {};
}

QString deviceText(const std::string& device)
{
    const QString name = QString::fromStdString(device);
    if (name == QStringLiteral("cpu")) return QCoreApplication::translate("headroom::ui::deviceText", "CPU");
    if (name.startsWith(QStringLiteral("cuda:")))
        return QCoreApplication::translate("headroom::ui::deviceText", "GPU %1").arg(name.mid(5));
    return name;
}

MemoryPanel::MemoryPanel(QWidget* parent) : QWidget(parent)
{
    m_model = new MemoryTableModel(this);
    buildTable();
    auto* facts = new QGridLayout;
    facts->setHorizontalSpacing(16);
    facts->setVerticalSpacing(8);
    facts->setColumnStretch(1, 1);
    const auto addFact = [&](const QString& name, const char* objectName) {
        auto* value = new QLabel(QStringLiteral("–"), this);
        value->setMinimumWidth(1);
        value->setObjectName(QString::fromLatin1(objectName));
        value->setAccessibleName(name);
        value->setWordWrap(true);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        auto* label = new QLabel(name, this);
        label->setForegroundRole(QPalette::PlaceholderText);
        const int row = facts->rowCount();
        facts->addWidget(label, row, 0, Qt::AlignTop);
        facts->addWidget(value, row, 1);
        return value;
    };
    m_device = addFact(tr("Device"), "planDevice");
    m_dtype = addFact(tr("Precision"), "planDtype");
    m_strategy = addFact(tr("Strategy"), "planStrategy");

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(16);
    layout->addLayout(facts);
    layout->addWidget(m_table);
    auto* note = new QLabel(this);
    note->setText(
        tr("Each component is loaded for its stage and freed before the next. "
           "Peaks are measured in each run: weights, activations and caches on the device."));
    note->setWordWrap(true);
    note->setForegroundRole(QPalette::PlaceholderText);
    layout->addWidget(note);
    layout->addStretch(1);
}

void MemoryPanel::buildTable()
{
    m_table = new QTableView(this);
    m_table->setObjectName(QStringLiteral("memoryTable"));
    m_table->setAccessibleName(tr("Memory of each stage"));
    m_table->setModel(m_model);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(30);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(MemoryTableModel::StageColumn, QHeaderView::Stretch);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setFixedHeight(30);
    m_table->setFixedHeight(30 * 4 + 2);
    m_table->viewport()->setBackgroundRole(QPalette::Window);
}

void MemoryPanel::showModel(const ModelInfo& model)
{
    m_model->setModelInfo(model);
}

void MemoryPanel::showPlan(const Plan& plan)
{
    m_model->setPlan(plan);
    m_device->setText(deviceText(plan.device));
    m_dtype->setText(dtypeText(plan.dtype));
    m_strategy->setText(tr("Component by component"));
}

void MemoryPanel::showMeasured(const StageReport& report)
{
    m_model->setMeasured(report);
}

}  // namespace headroom::ui
