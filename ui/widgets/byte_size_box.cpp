#include "ui/widgets/byte_size_box.h"

#include <algorithm>

#include <QLineEdit>

#include "core/base/byte_size.h"
#include "ui/models/byte_text.h"

namespace headroom::ui {

ByteSizeBox::ByteSizeBox(QWidget* parent) : QAbstractSpinBox(parent)
{
    setKeyboardTracking(false);
    setAccelerated(true);
    connect(lineEdit(), &QLineEdit::textEdited, this, [this] { m_edited = true; });
    connect(this, &QAbstractSpinBox::editingFinished, this, &ByteSizeBox::readText);
}

void ByteSizeBox::setBytes(std::int64_t bytes)
{
    m_bytes = bytes;
    setToolTip(exactByteText(bytes));
    const QString text = bytes > 0 ? fineByteText(bytes) : QStringLiteral("–");
    if (lineEdit()->text() != text && !m_edited) lineEdit()->setText(text);
}

void ByteSizeBox::setMaximum(std::int64_t bytes)
{
    m_maximum = std::max<std::int64_t>(bytes, kMiB);
}

void ByteSizeBox::readText()
{
    if (!m_edited) return;
    m_edited = false;
    const auto typed = parseByteText(lineEdit()->text());
    if (typed) {
        choose(*typed);
    } else {
        setBytes(m_bytes);
    }
}

void ByteSizeBox::choose(std::int64_t bytes)
{
    m_edited = false;
    setBytes(std::clamp<std::int64_t>(bytes, kMiB, m_maximum));
    Q_EMIT chosen(m_bytes);
}

void ByteSizeBox::stepBy(int steps)
{
    choose(m_bytes + steps * m_step);
}

QAbstractSpinBox::StepEnabled ByteSizeBox::stepEnabled() const
{
    StepEnabled enabled = StepNone;
    if (m_bytes > kMiB) enabled |= StepDownEnabled;
    if (m_bytes < m_maximum) enabled |= StepUpEnabled;
    return enabled;
}

QValidator::State ByteSizeBox::validate(QString& text, int&) const
{
    return parseByteText(text) ? QValidator::Acceptable : QValidator::Intermediate;
}

QSize ByteSizeBox::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(QStringLiteral("88.88 GiB")) + 44, QAbstractSpinBox::sizeHint().height()};
}

}  // namespace headroom::ui
