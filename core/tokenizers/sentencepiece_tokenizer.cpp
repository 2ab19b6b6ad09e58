#include "core/tokenizers/sentencepiece_tokenizer.h"

#include <exception>
#include <optional>
#include <string>
#include <utility>

#include <sentencepiece_processor.h>

#include "core/tokenizers/chars_map.h"
#include "core/tokenizers/folder_added_tokens.h"
#include "core/tokenizers/json_fields.h"
#include "core/tokenizers/unicode_text.h"

namespace headroom::tokenizers {
namespace {

using Processor = sentencepiece::SentencePieceProcessor;

class SentencePieceTokenizer final : public Tokenizer {
public:
    /// added: tokens that are looked for in the text; nothing where the folder names none.
    SentencePieceTokenizer(std::unique_ptr<Processor> processor, std::optional<AddedTokens> added)
        : Tokenizer({.prefix = {},
                     .suffix = {processor->eos_id()},
                     .pad = processor->pad_id(),
                     .eos = processor->eos_id(),
                     .when_suffix = added ? Suffix::UnlessThere : Suffix::Always}),
          m_processor(std::move(processor)),
          m_added(std::move(added))
    {
    }

protected:
    Result<std::vector<std::int32_t>> encode_text(std::string_view utf8) const override
    {
        std::vector<std::int32_t> ids;
        if (!m_added) {
            TRY(encode_part(utf8, ids));
            return ids;
        }
        const std::string text = to_valid_utf8(utf8);
        for (const AddedTokens::Part& part : m_added->split(text)) {
            if (part.id) {
                ids.push_back(*part.id);
            } else {
                TRY(encode_part(part.text, ids));
            }
        }
        return ids;
    }

private:
    Result<void> encode_part(std::string_view utf8, std::vector<std::int32_t>& ids) const
    {
        std::vector<int> pieces;
        const auto status = m_processor->Encode({utf8.data(), utf8.size()}, &pieces);
        if (!status.ok()) return fail(ErrorCode::BadModel, "SentencePiece can't encode the prompt: {}.", status.ToString());
        ids.insert(ids.end(), pieces.begin(), pieces.end());
        return {};
    }

    std::unique_ptr<Processor> m_processor;
    std::optional<AddedTokens> m_added;
};

std::optional<std::uint64_t> read_varint(std::string_view& bytes)
{
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7fU} << shift;
        if (byte < 0x80) return value;
    }
    return std::nullopt;
}

/// Takes the next field off a protobuf message: its key (number << 3 | type), and its bytes where it has a length. Nothing when
/// damaged.
std::optional<std::pair<std::uint64_t, std::string_view>> read_field(std::string_view& message)
{
    const auto key = read_varint(message);
    if (!key) return std::nullopt;
    std::uint64_t size = 0;
    switch (*key & 7) {
    case 0:
        if (!read_varint(message)) return std::nullopt;
        break;
    case 1: size = 8; break;
    case 2: size = read_varint(message).value_or(message.size() + 1); break;
    case 5: size = 4; break;
    default: return std::nullopt;
    }
    if (size > message.size()) return std::nullopt;
    const auto bytes = message.substr(0, size);
    message.remove_prefix(size);
    return std::pair(*key, bytes);
}

/// Calls visit(bytes) for each length-delimited field with this number (repeated ones are merged by protobuf). Errors: of visit,
/// or BadModel.
template <typename Visit>
Result<void> for_each_field(std::string_view message, std::uint64_t number, const std::filesystem::path& path, Visit&& visit)
{
    while (!message.empty()) {
        const auto field = read_field(message);
        if (!field) return fail(ErrorCode::BadModel, "{} is not a SentencePiece model: it is cut off or damaged.", path.string());
        if (field->first == (number << 3 | 2)) TRY(visit(field->second));
    }
    return {};
}

/// SentencePiece walks the character map without looking at its bounds.
Result<void> check_chars_map(std::string_view model, const std::filesystem::path& path)
{
    constexpr std::uint64_t kNormalizerSpec = 3;
    constexpr std::uint64_t kPrecompiledCharsmap = 2;
    return for_each_field(model, kNormalizerSpec, path, [&](std::string_view spec) {
        return for_each_field(spec, kPrecompiledCharsmap, path, [&](std::string_view blob) -> Result<void> {
            if (blob.empty()) return {};
            const std::string where = path.string() + ": the character map";
            const CharsMap map = TRY(CharsMap::parse(blob, where));
            if (!map.is_sound()) return fail(ErrorCode::BadModel, "{} is damaged.", where);
            return {};
        });
    });
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> load_sentencepiece_tokenizer(const std::filesystem::path& path)
{
    const std::string bytes = TRY(read_bytes(path));
    TRY(check_chars_map(bytes, path));
    auto processor = std::make_unique<Processor>();
    try {  // the trie builder of SentencePiece throws
        const auto status = processor->LoadFromSerializedProto(bytes);
        if (bytes.empty() || !status.ok()) {
            return fail(ErrorCode::BadModel, "{} is not a SentencePiece model: {}.", path.string(), status.ToString());
        }
    } catch (const std::exception& error) {
        return fail(ErrorCode::BadModel, "{} is not a SentencePiece model: {}.", path.string(), error.what());
    }
    if (processor->eos_id() < 0) return fail(ErrorCode::BadModel, "{} has no token that ends a text.", path.string());
    auto added = TRY(read_folder_added_tokens(path.parent_path(), [&](const std::string& text) -> std::optional<std::int32_t> {
        const int id = processor->PieceToId(text);
        return processor->IdToPiece(id) == text ? std::optional<std::int32_t>(id) : std::nullopt;
    }));
    return std::make_unique<SentencePieceTokenizer>(std::move(processor), std::move(added));
}

}  // namespace headroom::tokenizers
