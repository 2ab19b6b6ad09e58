#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/files/safetensors_file.h"

namespace headroom::files {

/// All tensors of one component, be it one file or many shards. The files stay mapped as long as the object, or what it was moved
/// to, lives, and so do the entries that find() gives. Any thread may read.
class WeightIndex {
public:
    /// Finds the component's files (find_weight_files), maps and checks each. Reads headers only.
    /// Errors: BadModel, as find_weight_files and SafetensorsFile::open say, and when the shards disagree with their index: a
    /// tensor in two shards, or not in the shard that is said to hold it. Tensors that the index does not list are tolerated.
    static Result<WeightIndex> open(const std::filesystem::path& component_dir);

    /// The tensor of that name, or null.
    const TensorEntry* find(std::string_view name) const;
    /// All tensors, file by file in the order in which they lie there: the order in which reading is fastest.
    std::span<const TensorEntry* const> entries() const { return m_entries; }
    /// Bytes of all tensors as stored.
    std::int64_t total_bytes() const;

    /// The file that holds the entry, which must be one of this index's.
    const SafetensorsFile& file_of(const TensorEntry& entry) const;
    /// Asks the system to start reading the tensor now; returns at once.
    void will_need(const TensorEntry& entry) const { file_of(entry).will_need(entry); }
    /// Drops the tensor's pages from resident memory; a later read fetches them again.
    void dont_need(const TensorEntry& entry) const { file_of(entry).dont_need(entry); }

    /// The files that hold the tensors: file_identity of all says whether a component is still the one it was.
    std::span<const SafetensorsFile> files() const { return m_files; }
    /// The single file, or the index of the shards.
    const std::filesystem::path& main_path() const { return m_main_path; }
    /// The variant that was taken because no plain name was there ("fp16"); empty otherwise.
    const std::string& variant() const { return m_variant; }
    /// file_identity of all files and of the component's config.json: changes when any of them does.
    std::string identity() const;

private:
    WeightIndex() = default;

    std::filesystem::path m_main_path;
    std::string m_variant;
    std::vector<SafetensorsFile> m_files;
    std::vector<const TensorEntry*> m_entries;
    struct Found {
        const TensorEntry* entry;
        std::size_t file;
    };
    std::unordered_map<std::string_view, Found> m_by_name;
};

}  // namespace headroom::files
