#pragma once

#include <QSpinBox>

#include "core/engine/model_info.h"

namespace headroom::ui {

/// A spin box that only ever holds numbers its rule allows; what is typed becomes the nearest legal one.
class LegalSpinBox : public QSpinBox {
    Q_OBJECT

public:
    explicit LegalSpinBox(QWidget* parent = nullptr);

    const NumberRule& rule() const { return m_rule; }

    /// Takes these numbers from now on and moves the value to the nearest of them.
    void setRule(const NumberRule& rule);

    /// Sets the nearest legal value.
    void setLegalValue(int value);

    void stepBy(int steps) override;

protected:
    QValidator::State validate(QString& text, int& position) const override;
    void fixup(QString& text) const override;

private:
    NumberRule m_rule;
};

}  // namespace headroom::ui
