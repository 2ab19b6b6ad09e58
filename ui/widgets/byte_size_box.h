#pragma once

#include <cstdint>

#include <QAbstractSpinBox>

namespace headroom::ui {

/// A field for a size in memory, typed as people write it ("8", "7.5 GiB", "700 MiB"); the arrows step. Only what a person enters
/// is told.
class ByteSizeBox : public QAbstractSpinBox {
    Q_OBJECT

public:
    explicit ByteSizeBox(QWidget* parent = nullptr);

    std::int64_t bytes() const { return m_bytes; }

    /// Shows this size; tells nobody. What is being typed is left alone.
    void setBytes(std::int64_t bytes);
    void setMaximum(std::int64_t bytes);
    void setStep(std::int64_t bytes) { m_step = bytes; }

    void stepBy(int steps) override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void chosen(std::int64_t bytes);

protected:
    StepEnabled stepEnabled() const override;
    QValidator::State validate(QString& text, int& position) const override;

private:
    void readText();
    void choose(std::int64_t bytes);

    std::int64_t m_bytes = 0;
    std::int64_t m_maximum = INT64_MAX;
    std::int64_t m_step = 1;
    bool m_edited = false;  ///< What is being typed was not read yet.
};

}  // namespace headroom::ui
