#include "core/files/safetensors_file.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <tuple>
#include <utility>

#include "core/files/message_text.h"
#include "core/files/safetensors_header.h"

namespace headroom::files {

namespace {

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kLargestHeaderBytes = 100'000'000;  // the limit of the reference implementation

using Problem = std::optional<std::string>;

std::string_view as_text(std::span<const std::byte> bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint64_t read_little_endian(std::span<const std::byte> bytes)
{
    std::uint64_t value = 0;
    for (std::size_t index = 0; index < kLengthBytes; ++index) value |= std::uint64_t(bytes[index]) << (8 * index);
    return value;
}

/// What a file that is no safetensors file seems to be, from its first bytes. Where a header's object begins in its place, the
/// bytes before it are a length, whatever they look like.
Problem other_format(std::string_view text)
{
    if (text.size() > kLengthBytes && text[kLengthBytes] == '{') return std::nullopt;
    const std::string_view start = text.substr(0, std::min<std::size_t>(text.size(), 64));
    if (start.starts_with("version https://git-lfs")) return "is a Git LFS pointer, not the model itself: download the real file";
    if (start.starts_with("<!DOCTYPE") || start.starts_with("<!doctype") || start.starts_with("<html")) {
        return "is a web page, not a model: download the file itself";
    }
    if (start.starts_with("PK\x03\x04") || start.starts_with("\x80\x02"))
        return "is a PyTorch file with the wrong ending: only safetensors are read";
    if (start.starts_with("GGUF")) return "is a GGUF file with the wrong ending: only safetensors are read";
    return std::nullopt;
}

/// Checks the frame around the header and gives the header's length.
tl::expected<std::uint64_t, std::string> header_length(std::span<const std::byte> bytes)
{
    if (bytes.empty()) return tl::unexpected(std::string("is empty: the download failed or is incomplete"));
    if (auto other = other_format(as_text(bytes))) return tl::unexpected(*other);
    if (bytes.size() < kLengthBytes + 2)
        return tl::unexpected(fmt::format("has only {} bytes: it is cut off or no safetensors file", bytes.size()));
    const std::uint64_t length = read_little_endian(bytes);
    if (length > kLargestHeaderBytes) {
        return tl::unexpected(
            fmt::format("is no safetensors file: its header would be {} bytes, the most is {}", length, kLargestHeaderBytes));
    }
    const std::uint64_t left = bytes.size() - kLengthBytes;
    if (length > left) {
        return tl::unexpected(
            fmt::format("is cut off: its header has {} bytes but only {} are there; download it again", length, left));
    }
    return length;
}

/// Bytes that the dtype and shape demand, or nothing when the number does not fit or is no whole number of bytes.
std::optional<std::uint64_t> demanded_bytes(const HeaderTensor& tensor)
{
    std::uint64_t bits = std::uint64_t(bits_per_element(tensor.dtype));
    bool has_no_elements = false;
    for (const std::int64_t size : tensor.shape) {
        has_no_elements |= size == 0;
        if (size > 0 && __builtin_mul_overflow(bits, std::uint64_t(size), &bits)) return std::nullopt;
    }
    if (has_no_elements) return 0;
    if (bits % 8 != 0) return std::nullopt;
    return bits / 8;
}

/// Checks one tensor against the size of the data behind the header and the end of the tensor before it.
Problem check_tensor(const HeaderTensor& tensor, std::uint64_t data_bytes, std::uint64_t previous_end)
{
    const std::string name = "tensor " + in_quotes(tensor.name);
    if (tensor.begin > tensor.end)
        return fmt::format("{} ends at byte {} before it begins at {}", name, tensor.end, tensor.begin);
    const auto demanded = demanded_bytes(tensor);
    const auto dtype = stored_dtype_name(tensor.dtype);
    if (!demanded) return fmt::format("{} has an impossible size: {} of {}", name, dtype, shown_shape(tensor.shape));
    const std::uint64_t found = tensor.end - tensor.begin;
    if (*demanded != found) {
        return fmt::format("{} has {} bytes but {} of {} needs {}", name, found, dtype, shown_shape(tensor.shape), *demanded);
    }
    if (tensor.end > data_bytes) {
        return fmt::format("is cut off or damaged: {} ends at byte {} of the data but only {} are there; download it again", name,
                           tensor.end, data_bytes);
    }
    if (tensor.begin < previous_end) return fmt::format("{} overlaps another tensor", name);
    return std::nullopt;
}

}  // namespace

Result<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path, ErrorCode code)
{
    SafetensorsFile result(TRY(MappedFile::open(path, code)));
    const auto bytes = result.m_file.bytes();
    const auto refuse = [&](const std::string& problem) {
        const bool is_about_file = problem.starts_with("is ") || problem.starts_with("has ");
        return fail(code, "{}{} {}", shown(path), is_about_file ? "" : ":", problem);
    };
    const auto length = header_length(bytes);
    if (!length) return refuse(length.error());
    auto header = parse_safetensors_header(as_text(bytes.subspan(kLengthBytes, *length)));
    if (!header) return refuse(header.error());

    std::ranges::sort(header->tensors, std::less<>{},
                      [](const HeaderTensor& tensor) { return std::tuple(tensor.begin, tensor.end); });
    const auto data = bytes.subspan(kLengthBytes + *length);
    std::uint64_t previous_end = 0;
    result.m_entries.reserve(header->tensors.size());
    for (HeaderTensor& tensor : header->tensors) {
        if (auto problem = check_tensor(tensor, data.size(), previous_end)) return refuse(*problem);
        previous_end = tensor.end;
        const auto tensor_bytes = data.subspan(tensor.begin, tensor.end - tensor.begin);
        result.m_entries.push_back({std::move(tensor.name), tensor.dtype, std::move(tensor.shape), tensor_bytes});
    }
    for (std::size_t index = 0; index < result.m_entries.size(); ++index)
        result.m_index.emplace(result.m_entries[index].name, index);
    result.m_metadata = std::move(header->metadata);
    return result;
}

const TensorEntry* SafetensorsFile::find(std::string_view name) const
{
    const auto found = m_index.find(name);
    return found == m_index.end() ? nullptr : &m_entries[found->second];
}

bool SafetensorsFile::holds(const TensorEntry& entry) const
{
    const std::less_equal<const std::byte*> not_after;
    const auto whole = m_file.bytes();
    return not_after(whole.data(), entry.bytes.data()) &&
           not_after(entry.bytes.data() + entry.bytes.size(), whole.data() + whole.size());
}

}  // namespace headroom::files
