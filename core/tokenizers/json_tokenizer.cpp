#include "core/tokenizers/json_tokenizer.h"

#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "core/tokenizers/added_tokens.h"
#include "core/tokenizers/bpe_model.h"
#include "core/tokenizers/json_fields.h"
#include "core/tokenizers/pre_tokenizer.h"
#include "core/tokenizers/text_normalizer.h"
#include "core/tokenizers/unicode_text.h"
#include "core/tokenizers/unigram_model.h"

namespace headroom::tokenizers {
namespace {

using nlohmann::json;

using Model = std::variant<UnigramModel, BpeModel>;

std::optional<std::int32_t> find_piece(const Model& model, std::string_view piece)
{
    return std::visit([&](const auto& chosen) { return chosen.find(piece); }, model);
}

/// What a tokenizer.json describes, step by step.
struct Steps {
    AddedTokens added;  ///< Found in the text as given.
    TextNormalizer normalizer;
    AddedTokens normalized_added;  ///< Found after the normalizer.
    PreTokenizer pre_tokenizer;
    Model model;
    std::map<std::string, std::int32_t> added_ids;

    /// A token of the model, or one that was added to it; -1 when there is none.
    std::int32_t find(const std::string& token) const
    {
        const auto found = added_ids.find(token);
        return find_piece(model, token).value_or(found == added_ids.end() ? -1 : found->second);
    }
};

class JsonTokenizer final : public Tokenizer {
public:
    JsonTokenizer(Steps steps, SpecialIds special) : Tokenizer(std::move(special)), m_steps(std::move(steps)) {}

    static Result<SpecialIds> parse_special_ids(const json& file, const Steps& steps, const std::filesystem::path& path);

protected:
    Result<std::vector<std::int32_t>> encode_text(std::string_view utf8) const override
    {
        const std::string text = to_valid_utf8(utf8);
        std::vector<std::int32_t> ids;
        auto position = PreTokenizer::Position::Start;
        for (const AddedTokens::Part& part : m_steps.added.split(text)) {
            if (part.id) {
                ids.push_back(*part.id);
            } else {
                TRY(encode_part(part.text, position, ids));
            }
            position = PreTokenizer::Position::Later;
        }
        return ids;
    }

private:
    Result<void> encode_part(std::string_view text, PreTokenizer::Position position, std::vector<std::int32_t>& ids) const
    {
        const std::string normalized = m_steps.normalizer.apply(text);
        for (const AddedTokens::Part& part : m_steps.normalized_added.split(normalized)) {
            if (part.id) {
                ids.push_back(*part.id);
            } else {
                for (const std::string& word : m_steps.pre_tokenizer.split(part.text, position)) {
                    TRY(std::visit([&](const auto& model) { return model.encode(word, ids); }, m_steps.model));
                }
            }
            position = PreTokenizer::Position::Later;
        }
        return {};
    }

    Steps m_steps;
};

Result<AddedToken> parse_added_token(const json& entry, const Model& model, const std::filesystem::path& path)
{
    AddedToken token;
    token.content = TRY(string_field(entry, "content", "entry of \"added_tokens\"", path));
    token.single_word = TRY(bool_field(entry, "single_word", "entry of \"added_tokens\"", path, false));
    token.lstrip = TRY(bool_field(entry, "lstrip", "entry of \"added_tokens\"", path, false));
    token.rstrip = TRY(bool_field(entry, "rstrip", "entry of \"added_tokens\"", path, false));
    const bool special = TRY(bool_field(entry, "special", "entry of \"added_tokens\"", path, false));
    token.normalized = TRY(bool_field(entry, "normalized", "entry of \"added_tokens\"", path, !special));
    const auto id = entry.find("id");
    if (id == entry.end() || !id->is_number_unsigned() || *id > (std::uint64_t{1} << 24)) {
        return fail(ErrorCode::BadModel, "{}: the added token \"{}\" has no valid \"id\".", path.string(), token.content);
    }
    token.id = find_piece(model, token.content).value_or(id->get<std::int32_t>());
    return token;
}

Result<void> parse_added_tokens(const json& file, Steps& steps, const std::filesystem::path& path)
{
    const auto added = file.find("added_tokens");
    if (added == file.end() || added->is_null()) return {};
    if (!added->is_array()) return fail(ErrorCode::BadModel, "{}: \"added_tokens\" is not a list.", path.string());
    for (const json& entry : *added) {
        AddedToken token = TRY(parse_added_token(entry, steps.model, path));
        steps.added_ids.emplace(token.content, token.id);
        if (!token.normalized) {
            steps.added.add(token);
        } else {
            token.content = steps.normalizer.apply(token.content);
            steps.normalized_added.add(token);
        }
    }
    return {};
}

/// The ids that a "SpecialToken" of the template stands for.
Result<std::vector<std::int32_t>> parse_template_ids(const json& item, const json& processor, const std::filesystem::path& path)
{
    const std::string name = TRY(string_field(item, "id", "post_processor's special token", path));
    const json::json_pointer pointer = json::json_pointer() / "special_tokens" / name / "ids";
    const json ids = processor.contains(pointer) ? processor.at(pointer) : json();
    bool valid = ids.is_array();
    if (valid) {
        for (const json& id : ids) valid = valid && id.is_number_unsigned() && id <= (std::uint64_t{1} << 24);
    }
    if (!valid) {
        return fail(ErrorCode::BadModel, "{}: the post_processor does not say which ids \"{}\" has.", path.string(), name);
    }
    return ids.get<std::vector<std::int32_t>>();
}

/// Fills what stands before and after a text from a TemplateProcessing with one text.
template <typename SpecialIds>
Result<void> parse_template(const json& processor, SpecialIds& special, const std::filesystem::path& path)
{
    const auto single = processor.find("single");
    int texts = 0;
    for (const json& item : single != processor.end() && single->is_array() ? *single : json::array()) {
        if (item.is_object() && item.contains("Sequence")) {
            ++texts;
        } else if (item.is_object() && item.contains("SpecialToken")) {
            const auto ids = TRY(parse_template_ids(item.at("SpecialToken"), processor, path));
            auto& side = texts == 0 ? special.prefix : special.suffix;
            side.insert(side.end(), ids.begin(), ids.end());
        }
    }
    if (texts != 1) return fail(ErrorCode::BadModel, "{}: the post_processor's template for one text is damaged.", path.string());
    return {};
}

/// The same from a RobertaProcessing: "cls" and "sep" are a token and its id.
template <typename SpecialIds>
Result<void> parse_roberta(const json& processor, SpecialIds& special, const std::filesystem::path& path)
{
    for (auto& [key, side] : {std::pair("cls", &special.prefix), std::pair("sep", &special.suffix)}) {
        const auto token = processor.find(key);
        if (token == processor.end() || !token->is_array() || token->size() != 2 || !(*token)[1].is_number_unsigned() ||
            (*token)[1] > (std::uint64_t{1} << 24)) {
            return fail(ErrorCode::BadModel, "{}: the post_processor's \"{}\" is not a token and its id.", path.string(), key);
        }
        side->push_back((*token)[1].template get<std::int32_t>());
    }
    return {};
}

/// The post_processor: one of the two, ByteLevel (which changes no ids), or a sequence of them.
template <typename SpecialIds>
Result<void> parse_processor(const json& processor, SpecialIds& special, const std::filesystem::path& path)
{
    const std::string type = TRY(string_field(processor, "type", "post_processor", path));
    if (type == "TemplateProcessing") return parse_template(processor, special, path);
    if (type == "RobertaProcessing") return parse_roberta(processor, special, path);
    if (type == "ByteLevel") return {};
    const auto steps = processor.find("processors");
    if (type != "Sequence" || steps == processor.end() || !steps->is_array()) {
        return fail(ErrorCode::BadModel, "{}: the post_processor \"{}\" is not supported, expected a TemplateProcessing.",
                    path.string(), type);
    }
    for (const json& step : *steps) {
        if (step.is_object() && step.contains("processors")) {
            return fail(ErrorCode::BadModel, "{}: the post_processor is a sequence in a sequence.", path.string());
        }
        TRY(parse_processor(step, special, path));
    }
    return {};
}

/// A token of tokenizer_config.json, which stands there as text or as an object with "content".
std::string configured_token(const std::filesystem::path& folder, const char* key, const char* fallback)
{
    std::error_code ignored;
    if (!std::filesystem::exists(folder / "tokenizer_config.json", ignored)) return fallback;
    const auto config = read_json_object(folder / "tokenizer_config.json");
    if (!config || !config->contains(key)) return fallback;
    const json& token = config->at(key);
    if (token.is_string()) return token.get<std::string>();
    return string_field(token, "content", key, folder).value_or(fallback);
}

}  // namespace

Result<Tokenizer::SpecialIds> JsonTokenizer::parse_special_ids(const json& file, const Steps& steps,
                                                               const std::filesystem::path& path)
{
    SpecialIds special;
    const auto processor = file.find("post_processor");
    if (processor != file.end() && !processor->is_null()) TRY(parse_processor(*processor, special, path));
    special.pad = steps.find(configured_token(path.parent_path(), "pad_token", "<pad>"));
    special.eos = steps.find(configured_token(path.parent_path(), "eos_token", "</s>"));
    return special;
}

Result<std::unique_ptr<Tokenizer>> make_json_tokenizer(const json& file, const std::filesystem::path& path, ModelKind kind)
{
    const json model = file.value("model", json());
    Steps steps;
    if (kind == ModelKind::Unigram) {
        steps.model = TRY(UnigramModel::parse(model, path));
    } else {
        steps.model = TRY(BpeModel::parse(model, path));
    }
    steps.normalizer = TRY(TextNormalizer::parse(file.value("normalizer", json()), path));
    steps.pre_tokenizer = TRY(PreTokenizer::parse(file.value("pre_tokenizer", json()), path));
    TRY(parse_added_tokens(file, steps, path));
    auto special = TRY(JsonTokenizer::parse_special_ids(file, steps, path));
    return std::make_unique<JsonTokenizer>(std::move(steps), std::move(special));
}

Result<std::unique_ptr<Tokenizer>> load_json_tokenizer(const std::filesystem::path& path, ModelKind kind)
{
    return make_json_tokenizer(TRY(read_json_object(path)), path, kind);
}

}  // namespace headroom::tokenizers
