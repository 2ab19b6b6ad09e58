#include "core/tokenizers/folder_added_tokens.h"

#include <charconv>
#include <system_error>

#include <nlohmann/json.hpp>

#include "core/tokenizers/json_fields.h"

namespace headroom::tokenizers {
namespace {

using nlohmann::json;

constexpr std::int32_t kMostTokens = 1 << 24;

Result<std::int32_t> parse_id(std::string_view digits, const std::filesystem::path& path)
{
    std::int32_t id = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (error != std::errc() || end != digits.data() + digits.size() || id < 0 || id > kMostTokens) {
        return fail(ErrorCode::BadModel, "{}: \"added_tokens_decoder\" has a key that is not a token's number.", path.string());
    }
    return id;
}

/// tokenizer_config.json: {"32099": {"content": "<extra_id_0>", "lstrip": true, …}, …}.
Result<void> read_decoder(const json& decoder, AddedTokens& added, const std::filesystem::path& path)
{
    if (!decoder.is_object()) return fail(ErrorCode::BadModel, "{}: \"added_tokens_decoder\" is not an object.", path.string());
    for (const auto& [digits, entry] : decoder.items()) {
        constexpr const char* kEntry = "entry of \"added_tokens_decoder\"";
        AddedToken token;
        token.id = TRY(parse_id(digits, path));
        token.content = TRY(string_field(entry, "content", kEntry, path));
        token.single_word = TRY(bool_field(entry, "single_word", kEntry, path, false));
        token.lstrip = TRY(bool_field(entry, "lstrip", kEntry, path, false));
        token.rstrip = TRY(bool_field(entry, "rstrip", kEntry, path, false));
        if (!token.content.empty()) added.add(token);
    }
    return {};
}

/// added_tokens.json: {"<extra_id_0>": 32099, …}.
Result<void> read_list(const json& list, AddedTokens& added, const std::filesystem::path& path)
{
    for (const auto& [content, id] : list.items()) {
        if (!id.is_number_unsigned() || id > std::uint64_t{kMostTokens} || content.empty()) {
            return fail(ErrorCode::BadModel, "{}: the token \"{}\" has no valid number.", path.string(), content);
        }
        const bool is_sentinel = content.starts_with("<extra_id_");
        added.add({.id = id.get<std::int32_t>(), .content = content, .lstrip = is_sentinel, .rstrip = is_sentinel});
    }
    return {};
}

}  // namespace

Result<std::optional<AddedTokens>> read_folder_added_tokens(
    const std::filesystem::path& folder, const std::function<std::optional<std::int32_t>(const std::string&)>& piece_id)
{
    std::error_code ignored;
    AddedTokens added;
    const auto config_path = folder / "tokenizer_config.json";
    if (std::filesystem::exists(config_path, ignored)) {
        const json config = TRY(read_json_object(config_path));
        if (const auto decoder = config.find("added_tokens_decoder"); decoder != config.end() && !decoder->is_null()) {
            TRY(read_decoder(*decoder, added, config_path));
            return added;
        }
    }
    const auto list_path = folder / "added_tokens.json";
    if (!std::filesystem::exists(list_path, ignored)) return std::nullopt;
    TRY(read_list(TRY(read_json_object(list_path)), added, list_path));
    for (const char* special : {"<pad>", "</s>", "<unk>"}) {
        if (const auto id = piece_id(special)) added.add({.id = *id, .content = special});
    }
    return added;
}

}  // namespace headroom::tokenizers
