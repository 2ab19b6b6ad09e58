#include "core/media/frame_pattern.h"

#include <algorithm>
#include <charconv>

#include "core/media/output_path.h"

namespace headroom::media {

namespace {

constexpr int kMostDigits = 9;

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// The number of digits a directive asks for when `text` begins with one, and its length in characters.
struct Directive {
    int digits = 0;
    std::size_t length = 0;
};

std::optional<Directive> directive_at(std::string_view text)
{
    if (text.starts_with("%d")) return Directive{1, 2};
    if (text.size() >= 4 && text.starts_with("%0") && text[2] >= '1' && text[2] <= '0' + kMostDigits && text[3] == 'd')
        return Directive{text[2] - '0', 4};
    return std::nullopt;
}

}  // namespace

Result<FramePattern> FramePattern::parse(const std::filesystem::path& path)
{
    const std::string name = path.filename().string();
    const std::size_t start = name.find('%');
    const auto directive = start == std::string::npos ? std::nullopt : directive_at(std::string_view(name).substr(start));
    if (!directive || name.find('%', start + directive->length) != std::string::npos) {
        return fail(ErrorCode::Usage,
                    "'{}' does not name a PNG sequence: the file name needs exactly one %d or %0Nd for the frame number, as in "
                    "frame-%04d.png",
                    display_path(path));
    }
    return FramePattern{path.parent_path(), name.substr(0, start), name.substr(start + directive->length), directive->digits};
}

std::filesystem::path FramePattern::frame_path(std::int64_t number) const
{
    return folder / fmt::format("{}{:0{}}{}", prefix, number, digits, suffix);
}

std::filesystem::path FramePattern::sidecar_path() const
{
    return (folder / (prefix + "info" + suffix)).replace_extension(".json");
}

std::optional<std::int64_t> FramePattern::number_of(std::string_view file_name) const
{
    if (file_name.size() <= prefix.size() + suffix.size() || !file_name.starts_with(prefix) || !file_name.ends_with(suffix))
        return std::nullopt;
    const std::string_view text = file_name.substr(prefix.size(), file_name.size() - prefix.size() - suffix.size());
    if (!std::all_of(text.begin(), text.end(), is_digit) || text.size() > kMostDigits) return std::nullopt;
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    if (file_name != frame_path(number).filename().string()) return std::nullopt;
    return number;
}

std::vector<std::int64_t> FramePattern::existing_numbers() const
{
    std::vector<std::int64_t> numbers;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder.empty() ? "." : folder, ignored)) {
        if (const auto number = number_of(entry.path().filename().string())) numbers.push_back(*number);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

}  // namespace headroom::media
