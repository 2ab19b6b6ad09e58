#include "core/files/weight_index.h"

#include <algorithm>
#include <utility>

#include "core/files/file_identity.h"
#include "core/files/message_text.h"
#include "core/files/weight_files.h"

namespace headroom::files {

Result<WeightIndex> WeightIndex::open(const std::filesystem::path& component_dir)
{
    const WeightFiles chosen = TRY(find_weight_files(component_dir));
    WeightIndex result;
    result.m_main_path = chosen.main;
    result.m_variant = chosen.variant;
    for (const auto& path : chosen.files) result.m_files.push_back(TRY(SafetensorsFile::open(path)));

    for (std::size_t file = 0; file < result.m_files.size(); ++file) {
        for (const TensorEntry& entry : result.m_files[file].entries()) {
            const auto [found, is_new] = result.m_by_name.emplace(entry.name, Found{&entry, file});
            if (!is_new) {
                return fail(ErrorCode::BadModel, "{}: tensor {} is in two shards, {} and {}", shown_short(chosen.main),
                            in_quotes(entry.name), shown(chosen.files[found->second.file].filename()),
                            shown(chosen.files[file].filename()));
            }
            result.m_entries.push_back(&entry);
        }
    }
    for (const auto& [tensor, shard] : chosen.shard_of) {
        const auto found = result.m_by_name.find(tensor);
        if (found != result.m_by_name.end() && chosen.files[found->second.file] == shard) continue;
        return fail(ErrorCode::BadModel, "{}: tensor {} should be in {} but is not there", shown_short(chosen.main),
                    in_quotes(tensor), shown(shard.filename()));
    }
    return result;
}

const TensorEntry* WeightIndex::find(std::string_view name) const
{
    const auto found = m_by_name.find(name);
    return found == m_by_name.end() ? nullptr : found->second.entry;
}

std::int64_t WeightIndex::total_bytes() const
{
    std::int64_t total = 0;
    for (const TensorEntry* entry : m_entries) total += std::int64_t(entry->bytes.size());
    return total;
}

const SafetensorsFile& WeightIndex::file_of(const TensorEntry& entry) const
{
    return m_files[m_by_name.find(entry.name)->second.file];
}

std::string WeightIndex::identity() const
{
    std::string identity = file_identity(m_main_path.parent_path() / "config.json");
    for (const SafetensorsFile& file : m_files) identity += file_identity(file.path());
    return identity;
}

}  // namespace headroom::files
