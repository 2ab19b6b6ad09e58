#pragma once

#include <QWidget>

#include "core/engine/events.h"
#include "core/engine/model_info.h"
#include "core/engine/plan.h"

class QLabel;
class QTableView;

namespace headroom::ui {

class MemoryTableModel;

/// What the plan says of memory and what the last run measured.
class MemoryPanel : public QWidget {
    Q_OBJECT

public:
    explicit MemoryPanel(QWidget* parent = nullptr);

    void showModel(const ModelInfo& model);
    void showPlan(const Plan& plan);
    void showMeasured(const StageReport& report);

private:
    void buildTable();

    MemoryTableModel* m_model = nullptr;
    QTableView* m_table = nullptr;
    QLabel* m_device = nullptr;
    QLabel* m_dtype = nullptr;
    QLabel* m_strategy = nullptr;
};

/// "fp32", "bf16", "fp16" or "auto".
QString dtypeText(ComputeDtype dtype);

/// "CPU" or "GPU 0" for "cpu" and "cuda:0"; other names stay.
QString deviceText(const std::string& device);

}  // namespace headroom::ui
