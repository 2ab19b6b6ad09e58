#include "core/files/weight_files.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>

#include "core/files/json_file.h"
#include "core/files/message_text.h"
#include "core/files/plain_name.h"

namespace headroom::files {

namespace {

constexpr std::array<std::string_view, 2> kStems = {"diffusion_pytorch_model", "model"};
constexpr std::string_view kEnding = ".safetensors";
constexpr std::string_view kIndexEnding = ".safetensors.index.json";

struct Candidate {
    std::size_t stem = 0;
    bool is_index = false;
    std::string variant;
    std::string file_name;
};

bool take_prefix(std::string_view& text, std::string_view prefix)
{
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

bool take_suffix(std::string_view& text, std::string_view suffix)
{
    if (!text.ends_with(suffix)) return false;
    text.remove_suffix(suffix.size());
    return true;
}

/// "…-00001-of-00002"
bool is_shard_name(std::string_view name)
{
    const auto of = name.rfind("-of-");
    return of != std::string_view::npos && of > 0 && std::isdigit(static_cast<unsigned char>(name[of - 1]));
}

/// Reads a file name as plain or variant, single or index, of one of the two stems.
std::optional<Candidate> as_candidate(const std::string& file_name)
{
    for (std::size_t stem = 0; stem < kStems.size(); ++stem) {
        std::string_view rest = file_name;
        if (!take_prefix(rest, kStems[stem])) continue;
        Candidate candidate{stem, false, {}, file_name};
        if (take_suffix(rest, kIndexEnding)) {
            candidate.is_index = true;
        } else if (take_prefix(rest, ".safetensors.index")) {
            if (!take_suffix(rest, ".json")) return std::nullopt;
            candidate.is_index = true;
        } else if (!take_suffix(rest, kEnding)) {
            return std::nullopt;
        }
        if (rest.empty()) return candidate;
        if (!take_prefix(rest, ".") || rest.empty() || rest.find('.') != std::string_view::npos || is_shard_name(rest))
            return std::nullopt;
        candidate.variant = rest;
        return candidate;
    }
    return std::nullopt;
}

int variant_rank(std::string_view variant)
{
    constexpr std::array<std::string_view, 4> kOrder = {"", "bf16", "fp32", "fp16"};
    return int(std::ranges::find(kOrder, variant) - kOrder.begin());
}

auto preference(const Candidate& candidate)
{
    const bool is_preferred_form = candidate.is_index == (candidate.stem == 0);
    return std::tuple(variant_rank(candidate.variant), candidate.variant, candidate.stem, !is_preferred_form,
                      candidate.file_name);
}

std::vector<std::string> file_names(const std::filesystem::path& folder, std::error_code& error)
{
    std::vector<std::string> names;
    std::filesystem::directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
        names.push_back(entry->path().filename().string());
    std::ranges::sort(names);
    return names;
}

std::string no_weights_message(const std::filesystem::path& folder, const std::vector<std::string>& names)
{
    const auto first_with = [&](auto matches) {
        const auto found = std::ranges::find_if(names, matches);
        return found == names.end() ? std::string() : shown(folder.filename() / *found);
    };
    const auto shard = first_with([](std::string_view name) { return name.ends_with(kEnding) && is_shard_name(name); });
    if (!shard.empty())
        return fmt::format("{} is there, but not the *.safetensors.index.json that names all shards: download it too", shard);
    const auto pickle = first_with([](std::string_view name) {
        return name.ends_with(".bin") || name.ends_with(".pt") || name.ends_with(".pth") || name.ends_with(".ckpt");
    });
    if (!pickle.empty()) {
        return fmt::format(
            "{} is a PyTorch file and only safetensors are read: load the model in diffusers and save it again with "
            "save_pretrained(folder, safe_serialization=True)",
            pickle);
    }
    const auto gguf = first_with([](std::string_view name) { return name.ends_with(".gguf"); });
    if (!gguf.empty())
        return fmt::format("{} is a GGUF file and only safetensors are read: download the model in the diffusers layout", gguf);
    return fmt::format(
        "{} holds no weights: diffusion_pytorch_model.safetensors or model.safetensors is expected, or shards with their "
        "*.safetensors.index.json",
        shown(folder));
}

Result<WeightFiles> read_shard_index(const std::filesystem::path& folder, WeightFiles chosen)
{
    constexpr JsonLimits kIndexLimits{std::int64_t{64} << 20, 8};
    const auto index = TRY(read_json_file(chosen.main, kIndexLimits));
    const auto map = index.find("weight_map");
    if (!index.is_object() || map == index.end() || !map->is_object() || map->empty()) {
        return fail(ErrorCode::BadModel, "{} has no 'weight_map' that says which shard holds which tensor", shown(chosen.main));
    }
    std::set<std::filesystem::path> shards;
    for (const auto& [tensor, shard] : map->items()) {
        const bool is_text = shard.is_string();
        if (!is_text)
            return fail(ErrorCode::BadModel, "{} gives no file name for tensor {}", shown(chosen.main), in_quotes(tensor));
        const auto& name = shard.template get_ref<const std::string&>();
        if (!is_plain_name(name) || !name.ends_with(kEnding)) {
            return fail(ErrorCode::BadModel,
                        "{} puts tensor {} into {}, which is not the name of a safetensors file in the same folder",
                        shown(chosen.main), in_quotes(tensor), in_quotes(name));
        }
        const auto shard_path = folder / name;
        std::error_code error;
        if (shards.insert(shard_path).second && !std::filesystem::exists(shard_path, error)) {
            return fail(ErrorCode::BadModel, "{} names the shard {}, which is missing: the download is incomplete",
                        shown(chosen.main), in_quotes(name));
        }
        chosen.shard_of.emplace(tensor, shard_path);
    }
    chosen.files.assign(shards.begin(), shards.end());
    return chosen;
}

}  // namespace

Result<WeightFiles> find_weight_files(const std::filesystem::path& component_dir)
{
    std::error_code error;
    const auto names = file_names(component_dir, error);
    if (error) return fail(ErrorCode::BadModel, "the folder {} can't be read: {}", shown(component_dir), error.message());
    std::optional<Candidate> best;
    for (const std::string& name : names) {
        auto candidate = as_candidate(name);
        if (candidate && (!best || preference(*candidate) < preference(*best))) best = std::move(candidate);
    }
    if (!best) return fail(ErrorCode::BadModel, "{}", no_weights_message(component_dir, names));
    WeightFiles chosen;
    chosen.main = component_dir / best->file_name;
    chosen.variant = best->variant;
    if (best->is_index) return read_shard_index(component_dir, std::move(chosen));
    chosen.files.push_back(chosen.main);
    return chosen;
}

}  // namespace headroom::files
