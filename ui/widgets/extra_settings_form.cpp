#include "ui/widgets/extra_settings_form.h"

#include <cmath>

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>

#include "ui/models/family_text.h"
#include "ui/widgets/elided_label.h"

namespace headroom::ui {

namespace {

int decimalsOf(double step)
{
    return step >= 1 && step == std::floor(step) ? 0 : (step >= 0.1 ? 1 : 2);
}

}  // namespace

ExtraSettingsForm::ExtraSettingsForm(QWidget* parent) : QWidget(parent)
{
    m_grid = new QGridLayout(this);
    m_grid->setContentsMargins(0, 4, 0, 0);  // with the grid around it, the gap between groups
    m_grid->setHorizontalSpacing(8);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnStretch(0, 1);
    m_grid->setColumnStretch(1, 1);
    setVisible(false);
}

void ExtraSettingsForm::setSettings(const std::vector<ExtraSetting>& settings)
{
    qDeleteAll(findChildren<QWidget*>(Qt::FindDirectChildrenOnly));
    m_rows.clear();
    int line = 0;
    int column = 0;
    for (const ExtraSetting& setting : settings) {
        m_rows.push_back(makeRow(setting));
        place(m_rows.back(), line, column);
    }
    if (column == 1) m_grid->addWidget(new QWidget(this), line + 1, 1);  // An empty column would leave out the gap beside it.
    setVisible(!m_rows.empty());
}

ExtraSettingsForm::Row ExtraSettingsForm::makeRow(const ExtraSetting& setting)
{
    Row row{setting, nullptr, nullptr};
    QWidget* field = nullptr;
    if (setting.kind == ExtraSetting::Kind::Switch) {
        field = row.toggle = new QCheckBox(familyText(setting.label), this);
        row.toggle->setChecked(setting.value != 0);
        connect(row.toggle, &QAbstractButton::toggled, this, &ExtraSettingsForm::changed);
    } else {
        field = row.number = new QDoubleSpinBox(this);
        row.number->setDecimals(decimalsOf(setting.step));
        row.number->setRange(setting.minimum, setting.maximum);
        row.number->setSingleStep(setting.step);
        row.number->setValue(setting.value);
        row.number->setMinimumWidth(64);
        connect(row.number, &QDoubleSpinBox::valueChanged, this, &ExtraSettingsForm::changed);
    }
    field->setObjectName(QString::fromStdString(setting.key));
    field->setAccessibleName(familyText(setting.label));
    field->setToolTip(familyText(setting.help));
    return row;
}

/// Numbers stand side by side, two in a line, with their labels above; a switch has a line of its own.
void ExtraSettingsForm::place(const Row& row, int& line, int& column)
{
    if (row.toggle) {
        if (column == 1) line += 2;
        m_grid->addWidget(row.toggle, line++, 0, 1, 2);
        column = 0;
        return;
    }
    m_grid->addWidget(makeFieldLabel(familyText(row.setting.label), row.number, this), line, column);
    m_grid->addWidget(row.number, line + 1, column);
    if (column == 1) line += 2;
    column = 1 - column;
}

void ExtraSettingsForm::setValues(const std::map<std::string, double>& values)
{
    for (const Row& row : m_rows) {
        const auto found = values.find(row.setting.key);
        if (found == values.end()) continue;
        if (row.number) row.number->setValue(found->second);
        if (row.toggle) row.toggle->setChecked(found->second != 0);
    }
}

void ExtraSettingsForm::resetToDefaults()
{
    for (const Row& row : m_rows) setValues({{row.setting.key, row.setting.value}});
}

std::map<std::string, double> ExtraSettingsForm::values() const
{
    std::map<std::string, double> values;
    for (const Row& row : m_rows) values[row.setting.key] = row.number ? row.number->value() : double(row.toggle->isChecked());
    return values;
}

}  // namespace headroom::ui
