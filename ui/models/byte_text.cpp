#include "ui/models/byte_text.h"

#include <cmath>

#include <QCoreApplication>
#include <QLocale>

#include "core/base/byte_size.h"

namespace headroom::ui {

namespace {

bool isLarge(std::int64_t bytes)
{
    return bytes >= kGiB - kMiB / 2;
}

QString numberText(std::int64_t bytes, bool inGiB, int decimals)
{
    return QLocale().toString(double(bytes) / double(inGiB ? kGiB : kMiB), 'f', decimals);
}

/// Small sizes of tiny models need a decimal to differ.
int decimalsOf(std::int64_t bytes)
{
    return isLarge(bytes) || bytes < 10 * kMiB ? 1 : 0;
}

QString unit(bool inGiB)
{
    return inGiB ? QStringLiteral("GiB") : QStringLiteral("MiB");
}

}  // namespace

QString byteText(std::int64_t bytes)
{
    if (bytes == 0) return QStringLiteral("0 MiB");
    if (bytes < kMiB / 20) return QStringLiteral("< %1 MiB").arg(QLocale().toString(0.1, 'f', 1));
    return QStringLiteral("%1 %2").arg(numberText(bytes, isLarge(bytes), decimalsOf(bytes)), unit(isLarge(bytes)));
}

QString byteTextBefore(std::int64_t bytes, std::int64_t next)
{
    if (bytes == 0) return QStringLiteral("0");
    return isLarge(bytes) == isLarge(next) && bytes >= kMiB / 20 ? numberText(bytes, isLarge(bytes), decimalsOf(bytes))
                                                                 : byteText(bytes);
}

QString byteText(std::int64_t part, std::int64_t whole)
{
    return QCoreApplication::translate("headroom::ui::byteText", "%1 of %2", "size of size")
        .arg(byteTextBefore(part, whole), byteText(whole));
}

QString fineByteText(std::int64_t bytes)
{
    return QStringLiteral("%1 %2").arg(numberText(bytes, isLarge(bytes), isLarge(bytes) ? 2 : 0), unit(isLarge(bytes)));
}

QString exactByteText(std::int64_t bytes)
{
    return QCoreApplication::translate("headroom::ui::byteText", "%1 bytes").arg(QLocale().toString(qlonglong(bytes)));
}

std::optional<std::int64_t> parseByteText(const QString& text)
{
    QString plain = text.trimmed();
    if (QLocale().decimalPoint() == QStringLiteral(",")) plain.replace(u',', u'.');
    const auto bytes = parse_byte_size(plain.toStdString());
    return bytes ? std::optional(*bytes) : std::nullopt;
}

}  // namespace headroom::ui
