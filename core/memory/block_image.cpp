#include "core/memory/block_image.h"

#include <array>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include "core/files/weight_check.h"
#include "core/memory/weight_layout.h"

namespace headroom::memory {

namespace {

at::ScalarType scalar_type(files::StoredDtype dtype)
{
    switch (dtype) {
    case files::StoredDtype::F64: return at::kDouble;
    case files::StoredDtype::F16: return at::kHalf;
    case files::StoredDtype::BF16: return at::kBFloat16;
    default: return at::kFloat;  // check_weights lets no other pass
    }
}

StoredNumbers numbers_of(const files::TensorEntry& entry)
{
    return {entry.bytes.data(), scalar_type(entry.dtype),
            std::int64_t(entry.bytes.size()) / (files::bits_per_element(entry.dtype) / 8)};
}

std::int64_t bytes_of(const nn::Parameter& parameter, at::ScalarType compute)
{
    if (parameter.place == nn::Place::InFile) return 0;
    return c10::multiply_integers(parameter.shape) * std::int64_t(c10::elementSize(device_dtype(parameter, compute)));
}

const files::TensorEntry* entry_of(const nn::Parameter& parameter, const files::WeightIndex& index)
{
    const std::array aliases{files::TensorAlias{parameter.name, parameter.alias}};
    return files::find_with_alias(index, parameter.name, aliases);
}

}  // namespace

at::ScalarType device_dtype(const nn::Parameter& parameter, at::ScalarType compute)
{
    return parameter.precision == nn::Precision::Float32 ? at::kFloat : compute;
}

std::int64_t device_bytes(const nn::ParameterBlock& block, at::ScalarType compute)
{
    std::int64_t total = 0;
    for (const nn::Parameter* parameter : block.parameters) total += aligned_weight_bytes(bytes_of(*parameter, compute));
    return total;
}

std::int64_t file_bytes(const nn::ParameterBlock& block, const files::WeightIndex& index)
{
    std::int64_t total = 0;
    for (const nn::Parameter* parameter : block.parameters) {
        if (const files::TensorEntry* entry = entry_of(*parameter, index)) total += std::int64_t(entry->bytes.size());
    }
    return total;
}

BlockImage::BlockImage(nn::ParameterBlock& block, const files::WeightIndex& index, at::ScalarType compute) : m_index(index)
{
    for (nn::Parameter* parameter : block.parameters) {
        const files::TensorEntry* entry = entry_of(*parameter, index);
        TORCH_CHECK(entry, "the weight ", parameter->name, " vanished after it was checked");
        m_parts.push_back({parameter, entry, device_dtype(*parameter, compute), m_size_bytes});
        m_size_bytes += aligned_weight_bytes(bytes_of(*parameter, compute));
    }
}

std::string BlockImage::key() const
{
    std::string key;
    for (const Part& part : m_parts) key += part.entry->name + '\n' + c10::toString(part.dtype) + '\n';
    return key;
}

Tensor BlockImage::allocate(at::Device device) const
{
    if (m_size_bytes == 0) return {};
    return at::empty({m_size_bytes}, at::TensorOptions().dtype(at::kByte).device(device));
}

void BlockImage::read_ahead() const
{
    for (const Part& part : m_parts) {
        if (part.parameter->place == nn::Place::Device) m_index.will_need(*part.entry);
    }
}

void BlockImage::copy_to(const Tensor& memory, DeviceCopies& copies, CopyThreads threads, const std::stop_token& stop) const
{
    for (const Part& part : m_parts) {
        if (stop.stop_requested()) return;
        if (part.parameter->place == nn::Place::Device) copies.copy(numbers_of(*part.entry), view_of(part, memory), threads);
    }
}

void BlockImage::forget_pages() const
{
    for (const Part& part : m_parts) {
        if (part.parameter->place == nn::Place::Device) m_index.dont_need(*part.entry);
    }
}

void BlockImage::bind(const Tensor& memory) const
{
    for (const Part& part : m_parts) part.parameter->value = view_of(part, memory);
}

void BlockImage::unbind() const
{
    for (const Part& part : m_parts) part.parameter->value.reset();
}

Tensor BlockImage::view_of(const Part& part, const Tensor& memory) const
{
    const auto& shape = part.parameter->shape;
    if (part.parameter->place == nn::Place::InFile) {
        const StoredNumbers stored = numbers_of(*part.entry);
        return at::from_blob(const_cast<std::byte*>(stored.bytes), shape, at::TensorOptions().dtype(stored.dtype));
    }
    const std::int64_t size_bytes = c10::multiply_integers(shape) * std::int64_t(c10::elementSize(part.dtype));
    return memory.narrow(0, part.offset_bytes, size_bytes).view(part.dtype).view(shape);
}

}  // namespace headroom::memory
