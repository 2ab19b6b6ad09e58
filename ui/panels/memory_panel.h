#pragma once

#include <QWidget>

#include "ui/models/budget_model.h"

class QCheckBox;
class QLabel;
class QPushButton;

namespace headroom::ui {

class BudgetSlider;
class ByteSizeBox;
class MemoryBars;
class MemoryTable;
class StrategyChips;
class TimeCurve;

/// The budget and what follows from it: the slider, the time over the budget, a bar a stage or the same as a table, what was
/// decided and can be pinned, and why.
class MemoryPanel : public QWidget {
    Q_OBJECT

public:
    explicit MemoryPanel(QWidget* parent = nullptr);

    BudgetModel& budget() { return m_model; }
    StrategyChips& chips() { return *m_chips; }

    /// Puts the keyboard on the slider.
    void focusBudget();

    QSize sizeHint() const override { return {340, 480}; }

private:
    QWidget* buildBudget();
    QWidget* buildStages();
    QWidget* buildReasons();
    void adopt();
    void showOffers();

    BudgetModel m_model;
    QLabel* m_device = nullptr;
    ByteSizeBox* m_size = nullptr;
    QLabel* m_ofDevice = nullptr;
    QCheckBox* m_automatic = nullptr;
    BudgetSlider* m_slider = nullptr;
    TimeCurve* m_curve = nullptr;
    MemoryBars* m_bars = nullptr;
    MemoryTable* m_table = nullptr;
    QPushButton* m_asTable = nullptr;
    StrategyChips* m_chips = nullptr;
    QLabel* m_why = nullptr;
    std::vector<QPushButton*> m_offers;
};

/// "fp32", "bf16", "fp16" or "auto".
QString dtypeText(ComputeDtype dtype);

/// "CPU" or "GPU 0" for "cpu" and "cuda:0"; other names stay.
QString deviceText(const std::string& device);

}  // namespace headroom::ui
