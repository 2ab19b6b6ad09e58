#include "core/tokenizers/json_fields.h"

#include <fstream>
#include <iterator>
#include <system_error>

#include <nlohmann/json.hpp>

namespace headroom::tokenizers {

using nlohmann::json;

Result<std::string> string_field(const json& object, const char* key, std::string_view what, const std::filesystem::path& path)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (found == object.end() || !found->is_string()) {
        return fail(ErrorCode::BadModel, "{}: the {} has no text \"{}\".", path.string(), what, key);
    }
    return found->get<std::string>();
}

Result<bool> bool_field(const json& object, const char* key, std::string_view what, const std::filesystem::path& path,
                        std::optional<bool> fallback)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (found == object.end() && fallback) return *fallback;
    if (found == object.end() || !found->is_boolean()) {
        return fail(ErrorCode::BadModel, "{}: the {} has no \"{}\" that is true or false.", path.string(), what, key);
    }
    return found->get<bool>();
}

Result<json> read_json_object(const std::filesystem::path& path)
{
    const std::string bytes = TRY(read_bytes(path));
    json result = json::parse(bytes, nullptr, /*allow_exceptions=*/false);
    if (!result.is_object()) return fail(ErrorCode::BadModel, "{} is not a JSON object.", path.string());
    return result;
}

Result<std::string> read_bytes(const std::filesystem::path& path)
{
    constexpr std::uintmax_t kLargest = std::uintmax_t{1} << 30;
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error || size > kLargest) return fail(ErrorCode::BadModel, "{} can't be read, or has more than 1 GiB.", path.string());
    std::ifstream stream(path, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(stream), {});
    if (!stream || bytes.size() != size) return fail(ErrorCode::BadModel, "{} can't be read.", path.string());
    return bytes;
}

}  // namespace headroom::tokenizers
