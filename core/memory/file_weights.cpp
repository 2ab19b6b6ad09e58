#include "core/memory/file_weights.h"

#include <algorithm>
#include <cstring>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include "core/files/weight_check.h"

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

/// The stored tensor: a view of the mapping where its address allows one, else a copy of this one tensor.
Tensor stored_tensor(const files::TensorEntry& entry)
{
    const auto options = at::TensorOptions().dtype(scalar_type(entry.dtype));
    void* bytes = const_cast<std::byte*>(entry.bytes.data());
    const auto element_bytes = std::uintptr_t(files::bits_per_element(entry.dtype) / 8);
    if (reinterpret_cast<std::uintptr_t>(bytes) % element_bytes == 0) return at::from_blob(bytes, entry.shape, options);
    Tensor copy = at::empty(entry.shape, options);
    std::memcpy(copy.mutable_data_ptr(), bytes, entry.bytes.size());
    return copy;
}

}  // namespace

FileWeights::FileWeights(const files::WeightIndex& index, at::Device device, at::ScalarType compute_dtype)
    : m_index(index), m_device(device), m_compute_dtype(compute_dtype)
{
}

FileWeights::~FileWeights()
{
    for (nn::ParameterBlock* block : m_held) {
        for (nn::Parameter* parameter : block->parameters) parameter->value.reset();
    }
}

void FileWeights::fetch(nn::ParameterBlock& block)
{
    if (std::ranges::find(m_held, &block) != m_held.end()) return;
    m_held.push_back(&block);
    for (nn::Parameter* parameter : block.parameters) load(*parameter);
}

void FileWeights::release(nn::ParameterBlock&) {}

void FileWeights::load(nn::Parameter& parameter) const
{
    const files::TensorEntry* entry = m_index.find(parameter.name);
    if (!entry) entry = m_index.find(parameter.alias);
    TORCH_CHECK(entry, "the weight ", parameter.name, " vanished after it was checked");
    const auto dtype = parameter.precision == nn::Precision::Float32 ? at::kFloat : m_compute_dtype;
    parameter.value = stored_tensor(*entry).to(m_device, dtype, /*non_blocking=*/false, /*copy=*/true);
    m_index.dont_need(*entry);
}

std::unique_ptr<WeightSource> FileWeightSources::open(const files::WeightIndex* index, std::vector<nn::ParameterBlock*>)
{
    TORCH_CHECK(index, "a model without weight files was asked to run");
    return std::make_unique<FileWeights>(*index, m_device, m_compute_dtype);
}

Result<void> check_weights(const files::WeightIndex& index, const std::vector<nn::ParameterBlock*>& blocks)
{
    std::vector<files::ExpectedTensor> expected;
    std::vector<files::TensorAlias> aliases;
    for (const nn::ParameterBlock* block : blocks) {
        for (const nn::Parameter* parameter : block->parameters) {
            expected.push_back({parameter->name, parameter->shape});
            if (!parameter->alias.empty()) aliases.push_back({parameter->name, parameter->alias});
        }
    }
    TRY(files::check_weights(index, expected, aliases));
    return {};
}

}  // namespace headroom::memory
