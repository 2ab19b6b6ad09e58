#include "core/tokenizers/bpe_model.h"

#include <algorithm>
#include <queue>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/tokenizers/json_fields.h"
#include "core/tokenizers/unicode_text.h"

namespace headroom::tokenizers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostPieces = std::size_t{1} << 24;

std::uint64_t pair_of(std::int32_t left, std::int32_t right)
{
    return (std::uint64_t(std::uint32_t(left)) << 32) | std::uint32_t(right);
}

/// A text that may be missing or null.
Result<std::string> optional_text(const json& model, const char* key, const std::filesystem::path& path)
{
    const auto found = model.find(key);
    if (found == model.end() || found->is_null()) return std::string();
    return string_field(model, key, "model", path);
}

Result<void> check_model(const json& model, const std::filesystem::path& path)
{
    if (!model.is_object()) return fail(ErrorCode::BadModel, "{}: \"model\" is missing.", path.string());
    const auto type = model.find("type");
    if (type != model.end() && *type != "BPE") {
        return fail(ErrorCode::BadModel, "{}: the model is of type {}, expected \"BPE\".", path.string(),
                    type->dump(-1, ' ', true, json::error_handler_t::replace));
    }
    const auto dropout = model.find("dropout");
    if (dropout != model.end() && !dropout->is_null() && *dropout != 0.0) {
        return fail(ErrorCode::BadModel, "{}: \"model.dropout\" is not supported.", path.string());
    }
    if (TRY(bool_field(model, "byte_fallback", "model", path, false))) {
        return fail(ErrorCode::BadModel, "{}: \"model.byte_fallback\" is not supported.", path.string());
    }
    return {};
}

/// "a b", or ["a", "b"] as tokenizers writes since 0.20.
std::optional<std::pair<std::string, std::string>> pieces_of(const json& merge)
{
    if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
        return std::pair{merge[0].get<std::string>(), merge[1].get<std::string>()};
    }
    if (!merge.is_string()) return std::nullopt;
    const std::string& text = merge.get_ref<const std::string&>();
    const std::size_t space = text.find(' ');
    if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos) return std::nullopt;
    return std::pair{text.substr(0, space), text.substr(space + 1)};
}

}  // namespace

Result<BpeModel> BpeModel::parse(const json& model, const std::filesystem::path& path)
{
    TRY(check_model(model, path));
    BpeModel result;
    result.m_texts = TRY(parse_texts(model, path));
    result.m_fuses_unknown = TRY(bool_field(model, "fuse_unk", "model", path, false));
    result.m_takes_whole_words = TRY(bool_field(model, "ignore_merges", "model", path, false));
    TRY(result.parse_vocab(model, path));
    TRY(result.parse_merges(model, path));
    const std::string unknown = TRY(optional_text(model, "unk_token", path));
    if (!unknown.empty()) {
        result.m_unknown_id = result.find(unknown);
        if (!result.m_unknown_id) {
            return fail(ErrorCode::BadModel, "{}: \"model.unk_token\" is \"{}\", which is not in the vocabulary.", path.string(),
                        unknown);
        }
    }
    return result;
}

Result<BpeModel::Texts> BpeModel::parse_texts(const json& model, const std::filesystem::path& path)
{
    std::string prefix = TRY(optional_text(model, "continuing_subword_prefix", path));
    std::string suffix = TRY(optional_text(model, "end_of_word_suffix", path));
    return Texts{std::move(prefix), std::move(suffix)};
}

Result<void> BpeModel::parse_vocab(const json& model, const std::filesystem::path& path)
{
    const auto vocab = model.find("vocab");
    if (vocab == model.end() || !vocab->is_object() || vocab->empty() || vocab->size() > kMostPieces) {
        return fail(ErrorCode::BadModel, "{}: \"model.vocab\" is missing, empty or no table of pieces.", path.string());
    }
    m_ids.reserve(vocab->size());
    for (const auto& [piece, id] : vocab->items()) {
        if (!id.is_number_unsigned() || id >= kMostPieces) {
            return fail(ErrorCode::BadModel, "{}: the piece \"{}\" of \"model.vocab\" has no valid id.", path.string(), piece);
        }
        m_ids.emplace(piece, id.get<std::int32_t>());
    }
    return {};
}

Result<void> BpeModel::parse_merges(const json& model, const std::filesystem::path& path)
{
    const auto merges = model.find("merges");
    if (merges == model.end() || !merges->is_array() || merges->size() > kMostPieces) {
        return fail(ErrorCode::BadModel, "{}: \"model.merges\" is missing or no list.", path.string());
    }
    m_merges.reserve(merges->size());
    for (std::size_t rank = 0; rank < merges->size(); ++rank) {
        const auto pieces = pieces_of((*merges)[rank]);
        if (!pieces) return fail(ErrorCode::BadModel, "{}: entry {} of \"model.merges\" is not two pieces.", path.string(), rank);
        TRY(add_merge(pieces->first, pieces->second, static_cast<std::int32_t>(rank), path));
    }
    return {};
}

Result<void> BpeModel::add_merge(const std::string& left, const std::string& right, std::int32_t rank,
                                 const std::filesystem::path& path)
{
    const bool has_prefix = !m_texts.word_prefix.empty() && right.starts_with(m_texts.word_prefix);
    const auto left_id = find(left), right_id = find(right);
    const auto joined = find(left + (has_prefix ? right.substr(m_texts.word_prefix.size()) : right));
    if (!left_id || !right_id || !joined) {
        return fail(ErrorCode::BadModel,
                    "{}: entry {} of \"model.merges\" joins \"{}\" and \"{}\", but the vocabulary lacks one of them or "
                    "what they make.",
                    path.string(), rank, left, right);
    }
    m_merges.insert_or_assign(pair_of(*left_id, *right_id), Merge{rank, *joined});
    return {};
}

std::optional<std::int32_t> BpeModel::find(std::string_view piece) const
{
    const auto found = m_ids.find(std::string(piece));
    return found == m_ids.end() ? std::nullopt : std::optional(found->second);
}

Result<void> BpeModel::encode(std::string_view word, std::vector<std::int32_t>& ids) const
{
    if (word.empty()) return {};
    if (m_takes_whole_words) {
        if (const auto whole = find(word)) {
            ids.push_back(*whole);
            return {};
        }
    }
    std::vector<Symbol> symbols = symbols_of(word);
    merge(symbols);
    for (const Symbol& symbol : symbols) {
        if (!symbol.merged) ids.push_back(symbol.id);
    }
    return {};
}

std::vector<BpeModel::Symbol> BpeModel::symbols_of(std::string_view word) const
{
    std::vector<Symbol> symbols;
    bool after_unknown = false;
    for (std::size_t at = 0; at < word.size();) {
        const std::size_t size = first_character_size(word.substr(at));
        std::string piece = (at > 0 ? m_texts.word_prefix : std::string()) + std::string(word.substr(at, size));
        at += size;
        if (at == word.size()) piece += m_texts.word_suffix;
        const auto known = find(piece);
        const bool repeats_unknown = !known && after_unknown && m_fuses_unknown;
        after_unknown = !known;
        const auto id = known ? known : m_unknown_id;
        if (!id || repeats_unknown) continue;
        const int index = static_cast<int>(symbols.size());
        if (index > 0) symbols.back().next = index;
        symbols.push_back({.id = *id, .previous = index - 1});
    }
    return symbols;
}

const BpeModel::Merge* BpeModel::merge_of(const Symbol& left, const Symbol& right) const
{
    const auto found = m_merges.find(pair_of(left.id, right.id));
    return found == m_merges.end() ? nullptr : &found->second;
}

void BpeModel::merge(std::vector<Symbol>& symbols) const
{
    struct Candidate {
        std::int32_t rank;
        int left;
        std::int32_t id;  // what it makes: tells whether the pair is still the one that was seen

        bool operator<(const Candidate& other) const { return rank != other.rank ? rank > other.rank : left > other.left; }
    };
    std::priority_queue<Candidate> candidates;
    const auto consider = [&](int left) {
        if (left < 0 || symbols[std::size_t(left)].next < 0) return;
        const Symbol& symbol = symbols[std::size_t(left)];
        if (const Merge* merge = merge_of(symbol, symbols[std::size_t(symbol.next)]))
            candidates.push({merge->rank, left, merge->id});
    };
    for (int i = 0; i < static_cast<int>(symbols.size()); ++i) consider(i);
    while (!candidates.empty()) {
        const Candidate best = candidates.top();
        candidates.pop();
        Symbol& left = symbols[std::size_t(best.left)];
        if (left.merged || left.next < 0) continue;
        Symbol& right = symbols[std::size_t(left.next)];
        const Merge* merge = merge_of(left, right);
        if (!merge || merge->id != best.id) continue;
        left.id = merge->id;
        left.next = right.next;
        right.merged = true;
        if (left.next >= 0) symbols[std::size_t(left.next)].previous = best.left;
        consider(left.previous);
        consider(best.left);
    }
}

}  // namespace headroom::tokenizers
