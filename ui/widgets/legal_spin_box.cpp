#include "ui/widgets/legal_spin_box.h"

namespace headroom::ui {

namespace {

constexpr int kLargestTyped = 99999;

}  // namespace

LegalSpinBox::LegalSpinBox(QWidget* parent) : QSpinBox(parent)
{
    setKeyboardTracking(false);
    setAccelerated(true);
    setCorrectionMode(QAbstractSpinBox::CorrectToNearestValue);
}

void LegalSpinBox::setRule(const NumberRule& rule)
{
    m_rule = rule;
    setRange(rule.nearest(rule.minimum), rule.nearest(rule.maximum));
    setSingleStep(rule.step);
    setLegalValue(value());
    if (rule.second_offset) {
        setToolTip(tr("From %1 to %2: %3").arg(minimum()).arg(maximum()).arg(QString::fromStdString(rule.words(", "))));
        return;
    }
    setToolTip(rule.step > 1 ? tr("From %1 to %2 in steps of %3").arg(minimum()).arg(maximum()).arg(rule.step)
                             : tr("From %1 to %2").arg(minimum()).arg(maximum()));
}

void LegalSpinBox::setLegalValue(int value)
{
    setValue(m_rule.nearest(value));
}

void LegalSpinBox::stepBy(int steps)
{
    setLegalValue(value() + steps * m_rule.step);
}

QValidator::State LegalSpinBox::validate(QString& text, int& position) const
{
    bool isNumber = false;
    const int typed = locale().toInt(text.trimmed(), &isNumber);
    if (!isNumber || typed < 0 || typed > kLargestTyped) return QSpinBox::validate(text, position);
    return m_rule.allows(typed) ? QValidator::Acceptable : QValidator::Intermediate;
}

void LegalSpinBox::fixup(QString& text) const
{
    bool isNumber = false;
    const int typed = locale().toInt(text.trimmed(), &isNumber);
    if (isNumber) {
        text = textFromValue(m_rule.nearest(typed));
    } else {
        QSpinBox::fixup(text);
    }
}

}  // namespace headroom::ui
