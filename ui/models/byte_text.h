#pragma once

#include <cstdint>
#include <optional>

#include <QString>

namespace headroom::ui {

/// "7.4 GiB", "312 MiB": for labels. GiB with one decimal from 1 GiB on; below that MiB.
QString byteText(std::int64_t bytes);

/// "7.4 of 8.0 GiB"; two units where they differ.
QString byteText(std::int64_t part, std::int64_t whole);

/// "7.4" or "312 MiB" for a size that stands before another: without its unit where the next one has the same.
QString byteTextBefore(std::int64_t bytes, std::int64_t next);

/// "7.42 GiB": as fine as a person may want to choose; for fields that are edited.
QString fineByteText(std::int64_t bytes);

/// "7,945,689,497 bytes": for tool tips.
QString exactByteText(std::int64_t bytes);

/// Reads what a person types: "8", "7.5 GiB", "700MiB", with the point or comma of their language; a bare number is GiB.
std::optional<std::int64_t> parseByteText(const QString& text);

}  // namespace headroom::ui
