#include "tests/support/golden_tensors.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

#include <ATen/ops/empty.h>
#include <nlohmann/json.hpp>

namespace headroom::test {
namespace {

at::ScalarType scalar_type(const std::string& dtype)
{
    static const std::map<std::string, at::ScalarType> types{
        {"F64", at::kDouble}, {"F32", at::kFloat}, {"F16", at::kHalf}, {"BF16", at::kBFloat16}, {"I64", at::kLong},
        {"I32", at::kInt},    {"I16", at::kShort}, {"I8", at::kChar},  {"U8", at::kByte},       {"BOOL", at::kBool}};
    return types.at(dtype);
}

Tensor read_tensor(const nlohmann::json& entry, const std::string& bytes, std::size_t data_start)
{
    Tensor tensor = at::empty(entry.at("shape").get<std::vector<std::int64_t>>(), scalar_type(entry.at("dtype")));
    const auto begin = entry.at("data_offsets").at(0).get<std::size_t>();
    const auto end = entry.at("data_offsets").at(1).get<std::size_t>();
    if (begin > end || end > bytes.size() - data_start || end - begin != tensor.nbytes()) {
        throw std::runtime_error("its data offsets do not fit");
    }
    if (end > begin) std::memcpy(tensor.mutable_data_ptr(), bytes.data() + data_start + begin, end - begin);
    return tensor;
}

Tensors parse(const std::string& bytes)
{
    std::uint64_t header_size = 0;
    if (bytes.size() < sizeof header_size) throw std::runtime_error("it is too short");
    std::memcpy(&header_size, bytes.data(), sizeof header_size);
    if (header_size > bytes.size() - sizeof header_size) throw std::runtime_error("its header is cut off");
    const auto header = nlohmann::json::parse(bytes.substr(sizeof header_size, header_size));
    Tensors tensors;
    for (const auto& [name, entry] : header.items()) {
        if (name != "__metadata__") tensors.emplace(name, read_tensor(entry, bytes, sizeof header_size + header_size));
    }
    return tensors;
}

}  // namespace

Tensors read_golden(const std::filesystem::path& path)
{
    const auto full = std::filesystem::path(HEADROOM_GOLDENS_DIR) / path;
    std::ifstream stream(full, std::ios::binary);
    if (!stream) throw std::runtime_error("golden " + full.string() + " can't be opened");
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    try {
        return parse(bytes);
    } catch (const std::exception& error) {
        throw std::runtime_error("golden " + full.string() + " is damaged: " + error.what());
    }
}

double max_abs_difference(const Tensor& a, const Tensor& b)
{
    if (!a.defined() || !b.defined() || a.sizes() != b.sizes()) return std::numeric_limits<double>::infinity();
    if (a.numel() == 0) return 0.0;
    const double difference = a.to(at::kDouble).sub(b.to(at::kDouble)).abs().max().item<double>();
    return difference == difference ? difference : std::numeric_limits<double>::infinity();
}

double relative_difference(const Tensor& a, const Tensor& b)
{
    const double difference = max_abs_difference(a, b);
    if (difference == 0.0) return 0.0;
    return difference / b.to(at::kDouble).abs().max().item<double>();
}

TestWeights::TestWeights(Tensors tensors, at::ScalarType compute) : m_tensors(std::move(tensors)), m_compute(compute) {}

std::vector<std::string> TestWeights::unused() const
{
    std::vector<std::string> names;
    for (const auto& [name, tensor] : m_tensors) {
        if (!m_used.contains(name)) names.push_back(name);
    }
    return names;
}

void TestWeights::fetch(nn::ParameterBlock& block)
{
    for (nn::Parameter* parameter : block.parameters) {
        auto found = m_tensors.find(parameter->name);
        if (found == m_tensors.end()) found = m_tensors.find(parameter->alias);
        if (found == m_tensors.end()) throw std::runtime_error("the weights have no " + parameter->name);
        if (found->second.sizes() != at::IntArrayRef(parameter->shape)) {
            throw std::runtime_error(parameter->name + " has another shape than declared");
        }
        m_used.insert(found->first);
        parameter->value = found->second.to(parameter->precision == nn::Precision::Float32 ? at::kFloat : m_compute);
    }
    m_held.insert(&block);
    m_most_held = std::max(m_most_held, m_held.size());
    m_history.push_back(block.name);
}

void TestWeights::release(nn::ParameterBlock& block)
{
    m_held.erase(m_held.find(&block));
    if (m_held.contains(&block)) return;
    for (nn::Parameter* parameter : block.parameters) parameter->value.reset();
}

}  // namespace headroom::test
