#pragma once

#include <map>
#include <string>
#include <vector>

#include <QWidget>

#include "core/engine/model_info.h"

class QAbstractButton;
class QDoubleSpinBox;
class QGridLayout;

namespace headroom::ui {

/// The settings that a model has beside those of every model, made from its description: a number box or a check box each. Takes
/// no room for a model that has none.
class ExtraSettingsForm : public QWidget {
    Q_OBJECT

public:
    explicit ExtraSettingsForm(QWidget* parent = nullptr);

    /// Shows these settings at their defaults; those shown before are gone.
    void setSettings(const std::vector<ExtraSetting>& settings);

    /// Sets those that are named here and known.
    void setValues(const std::map<std::string, double>& values);
    void resetToDefaults();
    std::map<std::string, double> values() const;

Q_SIGNALS:
    void changed();

private:
    struct Row {
        ExtraSetting setting;
        QDoubleSpinBox* number = nullptr;   ///< Of a number,
        QAbstractButton* toggle = nullptr;  ///< of a switch.
    };

    Row makeRow(const ExtraSetting& setting);
    void place(const Row& row, int& line, int& column);

    std::vector<Row> m_rows;
    QGridLayout* m_grid = nullptr;
};

}  // namespace headroom::ui
