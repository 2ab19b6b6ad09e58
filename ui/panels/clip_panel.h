#pragma once

#include <QWidget>

#include "core/engine/model_info.h"
#include "core/engine/request.h"

class QComboBox;
class QDoubleSpinBox;
class QGridLayout;
class QLabel;
class QPushButton;
class QToolButton;

namespace headroom::ui {

class ExtraSettingsForm;
class LegalSpinBox;
class SeedField;

/// The numbers of a clip: size, length, steps, guidance, what the model has besides, seed. Holds only what the model takes.
class ClipPanel : public QWidget {
    Q_OBJECT

public:
    explicit ClipPanel(QWidget* parent = nullptr);

    /// Takes this model's rules; values move to the nearest legal ones.
    void setModelRules(const ModelInfo& model);

    /// Sets everything but the seed to the model's defaults.
    void resetToDefaults();

    /// Sets the numbers that the request has; the seed is set by the caller through seedField().
    void apply(const GenerateRequest& request);

    /// Fills the numbers into a request, the seed as shown.
    void fill(GenerateRequest& request) const;

    SeedField& seedField() { return *m_seed; }

Q_SIGNALS:
    /// A number that a plan depends on has changed.
    void changed();

private:
    void build();
    void buildRows(QGridLayout& grid);
    void connectAll();
    void fillPresets();
    void applyPreset(int index);
    void applyValues(const GenerationDefaults& values);
    bool shows(const Preset& preset) const;
    void swapSides();
    void showPreset();
    void showSeconds();

    ModelInfo m_model;
    QComboBox* m_preset = nullptr;
    QToolButton* m_swap = nullptr;
    LegalSpinBox* m_width = nullptr;
    LegalSpinBox* m_height = nullptr;
    LegalSpinBox* m_frames = nullptr;
    LegalSpinBox* m_fps = nullptr;
    LegalSpinBox* m_steps = nullptr;
    QDoubleSpinBox* m_guidance = nullptr;
    ExtraSettingsForm* m_extra = nullptr;
    QLabel* m_seconds = nullptr;
    SeedField* m_seed = nullptr;
    QPushButton* m_reset = nullptr;
};

}  // namespace headroom::ui
