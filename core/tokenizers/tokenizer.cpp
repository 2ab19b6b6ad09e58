#include "core/tokenizers/tokenizer.h"

#include <algorithm>
#include <system_error>

#include "core/tokenizers/clip_files.h"
#include "core/tokenizers/json_tokenizer.h"
#include "core/tokenizers/sentencepiece_tokenizer.h"

namespace headroom::tokenizers {

Result<std::vector<std::int32_t>> Tokenizer::encode(std::string_view utf8, std::size_t max_length) const
{
    const std::vector<std::int32_t> text = TRY(encode_text(utf8));
    const std::size_t around = m_special.prefix.size() + m_special.suffix.size();
    const std::size_t kept = std::min(text.size(), max_length - std::min(around, max_length));
    std::vector<std::int32_t> ids = m_special.prefix;
    ids.insert(ids.end(), text.begin(), text.begin() + static_cast<std::ptrdiff_t>(kept));
    const bool is_there = m_special.when_suffix == Suffix::UnlessThere && kept >= m_special.suffix.size() &&
                          std::equal(m_special.suffix.rbegin(), m_special.suffix.rend(), ids.rbegin());
    if (!is_there) ids.insert(ids.end(), m_special.suffix.begin(), m_special.suffix.end());
    return ids;
}

Result<std::unique_ptr<Tokenizer>> load_unigram_tokenizer(const std::filesystem::path& tokenizer_dir)
{
    std::error_code ignored;
    const auto json = tokenizer_dir / "tokenizer.json";
    if (std::filesystem::exists(json, ignored)) return load_json_tokenizer(json, ModelKind::Unigram);
    const auto model = tokenizer_dir / "spiece.model";
    if (std::filesystem::exists(model, ignored)) return load_sentencepiece_tokenizer(model);
    return fail(ErrorCode::BadModel, "{} has neither tokenizer.json nor spiece.model.", tokenizer_dir.string());
}

Result<std::unique_ptr<Tokenizer>> load_bpe_tokenizer(const std::filesystem::path& tokenizer_dir)
{
    std::error_code ignored;
    const auto json = tokenizer_dir / "tokenizer.json";
    if (std::filesystem::exists(json, ignored)) return load_json_tokenizer(json, ModelKind::Bpe);
    return fail(ErrorCode::BadModel, "{} has no tokenizer.json.", tokenizer_dir.string());
}

Result<std::unique_ptr<Tokenizer>> load_clip_tokenizer(const std::filesystem::path& tokenizer_dir)
{
    std::error_code ignored;
    const auto json = tokenizer_dir / "tokenizer.json";
    if (std::filesystem::exists(json, ignored)) return load_json_tokenizer(json, ModelKind::Bpe);
    if (std::filesystem::exists(tokenizer_dir / "vocab.json", ignored)) return load_clip_files(tokenizer_dir);
    return fail(ErrorCode::BadModel, "{} has neither tokenizer.json nor vocab.json and merges.txt.", tokenizer_dir.string());
}

}  // namespace headroom::tokenizers
