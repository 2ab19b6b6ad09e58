#include "core/base/byte_size.h"

#include <charconv>
#include <cmath>

#include "core/base/counted.h"

namespace headroom {

namespace {

constexpr double kLargestSizeBytes = 9.0e18;

std::string_view trim(std::string_view text)
{
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

double unit_bytes(std::string_view unit)
{
    if (unit.empty() || unit == "GiB") return double(kGiB);
    if (unit == "MiB") return double(kMiB);
    if (unit == "GB") return 1e9;
    if (unit == "MB") return 1e6;
    return 0;
}

}  // namespace

Result<std::int64_t> parse_byte_size(std::string_view text)
{
    const std::string_view trimmed = trim(text);
    double number = 0;
    const auto [end, status] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), number);
    const double unit = unit_bytes(trim(trimmed.substr(std::size_t(end - trimmed.data()))));
    const double size_bytes = number * unit;
    if (status != std::errc{} || unit == 0 || !std::isfinite(size_bytes) || size_bytes < 1 || size_bytes > kLargestSizeBytes) {
        return fail(ErrorCode::Usage, "'{}' is not a size: give a positive number with MiB, GiB, MB or GB (a bare number is GiB)",
                    text);
    }
    return std::int64_t(std::llround(size_bytes));
}

std::string format_byte_size(std::int64_t size_bytes)
{
    if (size_bytes >= kGiB) return fmt::format("{:.1f} GiB", double(size_bytes) / double(kGiB));
    if (size_bytes >= kMiB) return fmt::format("{:.1f} MiB", double(size_bytes) / double(kMiB));
    return counted(size_bytes, "byte");
}

}  // namespace headroom
