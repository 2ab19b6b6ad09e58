#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"

namespace headroom {

/// Reads the fields of one JSON object with types and ranges checked, as component configs need it: a missing key takes the
/// default, as in diffusers. Every error is a BadModel that names the file, the key, what was expected and what was found.
class JsonFields {
public:
    /// `object` must outlive this. `where` is the file in errors ("transformer/config.json").
    JsonFields(const nlohmann::json& object, std::string_view where) : m_object(&object), m_where(where) {}

    /// BadModel unless the document is an object and its `_class_name`, where given, is this one.
    Result<void> check_class(std::string_view class_name) const;
    /// Whether the key is there, be it null.
    bool given(std::string_view key) const { return find(key) != nullptr; }
    /// Whether the key is there with something else than null.
    bool has(std::string_view key) const;

    /// A whole number within [least, most].
    Result<std::int64_t> integer(std::string_view key, std::int64_t missing, std::int64_t least, std::int64_t most) const;
    /// A finite number.
    Result<double> number(std::string_view key, double missing) const;
    /// A finite number above 0.
    Result<double> positive_number(std::string_view key, double missing) const;
    Result<bool> boolean(std::string_view key, bool missing) const;
    /// Any text.
    Result<std::string> text(std::string_view key, std::string_view missing) const;
    /// One of the given words.
    Result<std::string> word(std::string_view key, std::string_view missing, const std::vector<std::string_view>& allowed) const;
    /// A list of whole numbers, each within [least, most].
    Result<std::vector<std::int64_t>> integers(std::string_view key, std::vector<std::int64_t> missing, std::int64_t least,
                                               std::int64_t most) const;

    /// "transformer/config.json: 'eps'": how an error about a key begins.
    std::string named(std::string_view key) const;

private:
    const nlohmann::json* find(std::string_view key) const;
    tl::unexpected<Error> unlike(std::string_view key, std::string_view expected) const;

    const nlohmann::json* m_object;
    std::string m_where;
};

}  // namespace headroom
