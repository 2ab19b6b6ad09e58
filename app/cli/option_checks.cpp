#include "app/cli/option_checks.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/base/byte_size.h"

namespace headroom::app {

namespace {

template <typename Number>
bool reads_whole(const std::string& text, Number& number)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

CLI::Validator file_name()
{
    return CLI::Validator(
        [](std::string& text) { return text.empty() ? "the name is empty; give one, or leave the option out" : std::string(); },
        "");
}

CLI::Validator whole_number()
{
    return CLI::Validator(
        [](std::string& text) {
            const bool is_negative = text.starts_with('-');
            const std::string digits = text.substr(is_negative ? 1 : 0);
            const bool is_number = !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
            if (!is_number) return fmt::format("'{}' is not a whole number", text);
            const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size() - 1);
            text = fmt::format("{}{}", is_negative ? "-" : "", digits.substr(zeros));
            return std::string();
        },
        "");
}

Result<std::uint64_t> parse_seed(const std::string& text)
{
    std::uint64_t seed = 0;
    if (reads_whole(text, seed)) return seed;
    std::int64_t negative = 0;
    if (reads_whole(text, negative)) return std::uint64_t(negative);
    return fail(ErrorCode::Usage, "--seed '{}' is not a seed: give a whole number from 0 to {}, or a negative one from {}", text,
                UINT64_MAX, INT64_MIN);
}

Result<std::int64_t> parse_size_option(const char* option, const std::string& text)
{
    auto size_bytes = parse_byte_size(text);
    if (!size_bytes) return fail(size_bytes.error().code, "{} {}", option, size_bytes.error().message);
    return size_bytes;
}

}  // namespace headroom::app
