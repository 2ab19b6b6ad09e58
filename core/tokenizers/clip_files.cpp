#include "core/tokenizers/clip_files.h"

#include <string>
#include <string_view>
#include <system_error>

#include <nlohmann/json.hpp>

#include "core/tokenizers/json_fields.h"
#include "core/tokenizers/json_tokenizer.h"

namespace headroom::tokenizers {
namespace {

using nlohmann::json;

constexpr const char* kStart = "<|startoftext|>";
constexpr const char* kEnd = "<|endoftext|>";
constexpr const char* kWords = R"(<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)";

/// The lines of merges.txt, without its version.
Result<json> read_merges(const std::filesystem::path& path)
{
    const std::string bytes = TRY(read_bytes(path));
    json merges = json::array();
    for (std::string_view rest = bytes; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty() && !line.starts_with("#version")) merges.push_back(std::string(line));
    }
    return merges;
}

/// How tokenizer_config.json has a special token matched: its entry of "added_tokens_decoder"; else as it stands in the text
/// given.
Result<json> special_token(const char* content, const json& vocab, const json& config, const std::filesystem::path& vocab_path)
{
    if (!vocab.contains(content)) {
        return fail(ErrorCode::BadModel, "{}: the vocabulary lacks \"{}\".", vocab_path.string(), content);
    }
    json token{{"content", content}, {"special", true}, {"normalized", false}, {"id", vocab.at(content)}};
    const auto decoder = config.find("added_tokens_decoder");
    if (decoder == config.end() || !decoder->is_object()) return token;
    for (const json& entry : *decoder) {
        if (!entry.is_object() || entry.value("content", json()) != content) continue;
        for (const char* flag : {"normalized", "lstrip", "rstrip", "single_word"}) {
            if (entry.contains(flag)) token[flag] = entry.at(flag);
        }
    }
    return token;
}

json clip_steps()
{
    return {{"normalizer",
             {{"type", "Sequence"},
              {"normalizers",
               {{{"type", "NFC"}},
                {{"type", "Replace"}, {"pattern", {{"Regex", "\\s+"}}}, {"content", " "}},
                {{"type", "Lowercase"}}}}}},
            {"pre_tokenizer",
             {{"type", "Sequence"},
              {"pretokenizers",
               {{{"type", "Split"}, {"pattern", {{"Regex", kWords}}}, {"behavior", "Removed"}, {"invert", true}},
                {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}}}}}}};
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> load_clip_files(const std::filesystem::path& tokenizer_dir)
{
    const auto vocab_path = tokenizer_dir / "vocab.json";
    const json vocab = TRY(read_json_object(vocab_path));
    std::error_code ignored;
    const auto config_path = tokenizer_dir / "tokenizer_config.json";
    const json config = std::filesystem::exists(config_path, ignored) ? TRY(read_json_object(config_path)) : json::object();
    const json start = TRY(special_token(kStart, vocab, config, vocab_path));
    const json end = TRY(special_token(kEnd, vocab, config, vocab_path));

    json file = clip_steps();
    file["added_tokens"] = {start, end};
    file["post_processor"] = {{"type", "RobertaProcessing"}, {"cls", {kStart, start.at("id")}}, {"sep", {kEnd, end.at("id")}}};
    file["model"] = {{"type", "BPE"}, {"unk_token", kEnd}, {"end_of_word_suffix", "</w>"}};
    file["model"]["vocab"] = vocab;
    file["model"]["merges"] = TRY(read_merges(tokenizer_dir / "merges.txt"));
    return make_json_tokenizer(file, vocab_path, ModelKind::Bpe);
}

}  // namespace headroom::tokenizers
