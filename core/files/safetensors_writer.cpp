#include "core/files/safetensors_writer.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <tuple>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/files/message_text.h"
#include "core/files/part_file.h"

namespace headroom::files {

namespace {

constexpr std::size_t kAlignment = 8;

using Order = std::vector<const TensorEntry*>;

Order in_written_order(std::span<const TensorEntry> tensors)
{
    Order order;
    for (const TensorEntry& tensor : tensors) order.push_back(&tensor);
    std::ranges::sort(order, std::less<>{}, [](const TensorEntry* tensor) {
        return std::tuple(-bits_per_element(tensor->dtype), std::string_view(tensor->name));
    });
    return order;
}

bool has_demanded_size(const TensorEntry& tensor)
{
    std::uint64_t bits = std::uint64_t(bits_per_element(tensor.dtype));
    for (const std::int64_t size : tensor.shape) {
        if (size < 0 || __builtin_mul_overflow(bits, std::uint64_t(size), &bits)) return false;
    }
    return bits % 8 == 0 && bits / 8 == tensor.bytes.size();
}

Result<void> check(const Order& order)
{
    std::vector<std::string_view> names;
    for (const TensorEntry* tensor : order) {
        const bool is_legal = tensor->name != "__metadata__" && is_valid_utf8(tensor->name);
        if (!is_legal) return fail(ErrorCode::Internal, "{} can't be the name of a tensor", in_quotes(tensor->name));
        if (!has_demanded_size(*tensor)) {
            return fail(ErrorCode::Internal, "tensor {} has {} bytes, which is not {} of {}", in_quotes(tensor->name),
                        tensor->bytes.size(), stored_dtype_name(tensor->dtype), shown_shape(tensor->shape));
        }
        names.push_back(tensor->name);
    }
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    if (twice != names.end()) return fail(ErrorCode::Internal, "tensor {} would be written twice", in_quotes(*twice));
    return {};
}

std::string make_header(const Order& order, const std::map<std::string, std::string>& metadata)
{
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::uint64_t begin = 0;
    for (const TensorEntry* tensor : order) {
        const std::uint64_t end = begin + tensor->bytes.size();
        header[tensor->name] = {
            {"dtype", stored_dtype_name(tensor->dtype)}, {"shape", tensor->shape}, {"data_offsets", {begin, end}}};
        begin = end;
    }
    std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
    return text;
}

std::array<std::byte, 8> little_endian(std::uint64_t value)
{
    std::array<std::byte, 8> bytes = {};
    for (std::size_t index = 0; index < bytes.size(); ++index) bytes[index] = std::byte(value >> (8 * index) & 0xFF);
    return bytes;
}

}  // namespace

Result<void> write_safetensors(const std::filesystem::path& path, std::span<const TensorEntry> tensors,
                               const std::map<std::string, std::string>& metadata)
{
    const Order order = in_written_order(tensors);
    TRY(check(order));
    PartFile part = TRY(PartFile::create(path));
    const std::string header = make_header(order, metadata);
    TRY(part.write(little_endian(header.size())));
    TRY(part.write(std::as_bytes(std::span(header))));
    for (const TensorEntry* tensor : order) {
        TRY(part.write(tensor->bytes));
    }
    return part.commit();
}

}  // namespace headroom::files
