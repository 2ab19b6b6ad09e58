#include "core/files/safetensors_header.h"

#include <limits>
#include <optional>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/files/message_text.h"

namespace headroom::files {

namespace {

constexpr std::string_view kMetadataKey = "__metadata__";

/// Where the reader is: depth 1 is the header's object, 2 a tensor's or the metadata's object, 3 a list in a tensor's object.
class HeaderReader final : public nlohmann::json_sax<nlohmann::json> {
public:
    SafetensorsHeader header;
    std::string problem;

    bool null() override { return other_value(); }
    bool boolean(bool) override { return other_value(); }
    bool number_float(double, const std::string&) override { return other_value(); }
    bool binary(nlohmann::json::binary_t&) override { return other_value(); }

    bool number_integer(std::int64_t) override
    {
        if (m_depth == 3 && m_field == Field::Shape) return refuse("{} has a negative dimension", tensor());
        return other_value();
    }

    bool number_unsigned(std::uint64_t value) override
    {
        if (m_depth == 3 && m_field == Field::Shape) return add_dimension(value);
        if (m_depth == 3 && m_field == Field::Offsets) return add_offset(value);
        return other_value();
    }

    bool string(std::string& value) override
    {
        if (m_depth == 2 && m_in_metadata) {
            if (header.metadata.emplace(m_key, value).second) return true;
            return refuse("its metadata names {} twice", in_quotes(m_key));
        }
        if (m_depth != 2 || m_field != Field::Dtype) return other_value();
        const auto dtype = parse_stored_dtype(value);
        if (!dtype) return refuse("{} has the unknown dtype {}", tensor(), in_quotes(value));
        m_tensor.dtype = *dtype;
        return true;
    }

    bool start_object(std::size_t) override
    {
        if (m_depth >= 2) return refuse_nesting();
        ++m_depth;
        if (m_depth == 2) begin_tensor();
        return true;
    }

    bool key(std::string& value) override
    {
        if (m_depth == 1) return take_name(value);
        m_key = value;
        return m_in_metadata || take_field(value);
    }

    bool end_object() override
    {
        --m_depth;
        return m_depth != 1 || m_in_metadata || finish_tensor();
    }

    bool start_array(std::size_t) override
    {
        const bool is_list = m_depth == 2 && !m_in_metadata && m_field != Field::Dtype;
        if (!is_list) return m_depth >= 3 ? refuse_nesting() : other_value();
        ++m_depth;
        return true;
    }

    bool end_array() override
    {
        --m_depth;
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override
    {
        return refuse("its header is not valid JSON at byte {}: the file is damaged", position);
    }

private:
    enum class Field { Dtype, Shape, Offsets, Unknown };

    template <typename... Args>
    bool refuse(fmt::format_string<Args...> format, Args&&... args)
    {
        problem = fmt::format(format, std::forward<Args>(args)...);
        return false;
    }

    bool refuse_nesting() { return refuse("its header is nested deeper than the format allows"); }

    std::string tensor() const { return "tensor " + in_quotes(m_tensor.name); }

    bool other_value()
    {
        if (m_depth == 0) return refuse("its header is not a JSON object");
        if (m_in_metadata) return refuse("its metadata holds something that is not text");
        if (m_depth == 1) return refuse("{} is not described by a JSON object", tensor());
        if (m_field == Field::Unknown) return true;
        return refuse("{} has a malformed {}", tensor(), in_quotes(m_key));
    }

    bool take_name(std::string& name)
    {
        if (!m_names.insert(name).second) return refuse("tensor {} is described twice", in_quotes(name));
        m_in_metadata = name == kMetadataKey;
        m_tensor = HeaderTensor{};
        m_tensor.name = std::move(name);
        return true;
    }

    void begin_tensor()
    {
        m_has_dtype = m_has_shape = m_has_offsets = false;
        m_offset_count = 0;
    }

    bool take_field(const std::string& name)
    {
        m_field = name == "dtype"          ? Field::Dtype
                  : name == "shape"        ? Field::Shape
                  : name == "data_offsets" ? Field::Offsets
                                           : Field::Unknown;
        if (m_field == Field::Unknown) return true;
        bool& seen = m_field == Field::Dtype ? m_has_dtype : m_field == Field::Shape ? m_has_shape : m_has_offsets;
        if (std::exchange(seen, true)) return refuse("{} has {} twice", tensor(), in_quotes(name));
        return true;
    }

    bool add_dimension(std::uint64_t value)
    {
        if (value > std::uint64_t(std::numeric_limits<std::int64_t>::max()))
            return refuse("{} has an impossible dimension {}", tensor(), value);
        m_tensor.shape.push_back(std::int64_t(value));
        return true;
    }

    bool add_offset(std::uint64_t value)
    {
        if (m_offset_count == 2) return other_value();
        (m_offset_count == 0 ? m_tensor.begin : m_tensor.end) = value;
        ++m_offset_count;
        return true;
    }

    bool finish_tensor()
    {
        if (!m_has_dtype) return refuse("{} has no 'dtype'", tensor());
        if (!m_has_shape) return refuse("{} has no 'shape'", tensor());
        if (!m_has_offsets) return refuse("{} has no 'data_offsets'", tensor());
        if (m_offset_count != 2) return refuse("{} has a malformed 'data_offsets'", tensor());
        header.tensors.push_back(std::move(m_tensor));
        return true;
    }

    int m_depth = 0;
    bool m_in_metadata = false;
    Field m_field = Field::Unknown;
    std::string m_key;
    std::unordered_set<std::string> m_names;
    HeaderTensor m_tensor;
    bool m_has_dtype = false;
    bool m_has_shape = false;
    bool m_has_offsets = false;
    int m_offset_count = 0;
};

}  // namespace

tl::expected<SafetensorsHeader, std::string> parse_safetensors_header(std::string_view text)
{
    // The JSON reader takes a zero byte for the end of its input and skips a byte order mark.
    if (text.find('\0') != std::string_view::npos)
        return tl::unexpected(std::string("its header holds a zero byte: the file is damaged"));
    if (!text.starts_with('{')) return tl::unexpected(std::string("its header is not a JSON object"));
    HeaderReader reader;
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &reader)) return tl::unexpected(std::move(reader.problem));
    return std::move(reader.header);
}

}  // namespace headroom::files
