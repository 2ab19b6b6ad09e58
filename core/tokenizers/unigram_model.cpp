#include "core/tokenizers/unigram_model.h"

#include <algorithm>
#include <limits>
#include <string>

#include <nlohmann/json.hpp>

#include "core/tokenizers/unicode_text.h"

namespace headroom::tokenizers {
namespace {

using nlohmann::json;

/// How much less likely than the least likely piece an unknown character is, as in SentencePiece and tokenizers.
constexpr double kUnknownPenalty = 10.0;

constexpr std::size_t kMostPieces = std::size_t{1} << 24;

bool is_piece(const json& entry)
{
    return entry.is_array() && entry.size() == 2 && entry[0].is_string() && entry[1].is_number();
}

Result<void> check_model(const json& model, const std::filesystem::path& path)
{
    if (!model.is_object()) return fail(ErrorCode::BadModel, "{}: \"model\" is missing.", path.string());
    const auto type = model.find("type");
    if (type != model.end() && *type != "Unigram") {
        return fail(ErrorCode::BadModel, "{}: the model is of type {}, expected \"Unigram\".", path.string(),
                    type->dump(-1, ' ', true, json::error_handler_t::replace));
    }
    const auto vocab = model.find("vocab");
    if (vocab == model.end() || !vocab->is_array() || vocab->empty() || vocab->size() > kMostPieces) {
        return fail(ErrorCode::BadModel, "{}: \"model.vocab\" is missing, empty or no list of pieces.", path.string());
    }
    const auto byte_fallback = model.find("byte_fallback");
    if (byte_fallback != model.end() && *byte_fallback == true) {
        return fail(ErrorCode::BadModel, "{}: \"model.byte_fallback\" is not supported.", path.string());
    }
    return {};
}

}  // namespace

Result<UnigramModel> UnigramModel::parse(const json& model, const std::filesystem::path& path)
{
    TRY(check_model(model, path));
    UnigramModel result;
    double lowest = std::numeric_limits<double>::infinity();
    for (const json& entry : model.at("vocab")) {
        const std::size_t id = result.m_scores.size();
        if (!is_piece(entry)) {
            return fail(ErrorCode::BadModel, "{}: entry {} of \"model.vocab\" is not a piece and its score.", path.string(), id);
        }
        result.m_pieces.add(entry[0].get<std::string>(), static_cast<std::int32_t>(id));
        result.m_scores.push_back(entry[1].get<double>());
        lowest = std::min(lowest, result.m_scores.back());
    }
    result.m_unknown_score = lowest - kUnknownPenalty;
    const auto unknown = model.find("unk_id");
    if (unknown != model.end() && !unknown->is_null()) {
        if (!unknown->is_number_unsigned() || *unknown >= result.m_scores.size()) {
            return fail(ErrorCode::BadModel, "{}: \"model.unk_id\" is not the number of a piece.", path.string());
        }
        result.m_unknown_id = unknown->get<std::int32_t>();
    }
    return result;
}

Result<std::vector<UnigramModel::BestPath>> UnigramModel::best_paths(std::string_view word) const
{
    std::vector<BestPath> ends(word.size() + 1);
    const auto offer = [&](std::size_t start, std::size_t size, std::int32_t id, double score) {
        BestPath& end = ends[start + size];
        const double total = ends[start].score + score;
        if (end.id < 0 || total > end.score) end = {total, start, id};
    };
    for (std::size_t start = 0; start < word.size();) {
        const std::size_t character = first_character_size(word.substr(start));
        bool known = false;
        m_pieces.for_each_prefix(word.substr(start), [&](std::size_t size, std::int32_t id) {
            offer(start, size, id, m_scores[static_cast<std::size_t>(id)]);
            known |= size == character;
        });
        if (!known) {
            if (!m_unknown_id) {
                return fail(ErrorCode::BadModel, "The tokenizer's vocabulary has no piece for \"{}\" and no unknown token.",
                            word.substr(start, character));
            }
            offer(start, character, *m_unknown_id, m_unknown_score);
        }
        start += character;
    }
    return ends;
}

Result<void> UnigramModel::encode(std::string_view word, std::vector<std::int32_t>& ids) const
{
    const std::vector<BestPath> ends = TRY(best_paths(word));
    const auto first = static_cast<std::ptrdiff_t>(ids.size());
    for (std::size_t end = word.size(); end > 0;) {
        std::size_t start = ends[end].start;
        std::int32_t id = ends[end].id;
        if (id == m_unknown_id) {
            while (start > 0 && ends[start].id == m_unknown_id) start = ends[start].start;
            id = m_pieces.find(word.substr(start, end - start)).value_or(id);
        }
        ids.push_back(id);
        end = start;
    }
    std::reverse(ids.begin() + first, ids.end());
    return {};
}

}  // namespace headroom::tokenizers
