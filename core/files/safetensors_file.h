#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/files/mapped_file.h"
#include "core/files/stored_dtype.h"

namespace headroom::files {

/// One tensor: its name, its dtype, its shape, and its bytes in row-major order and little-endian. Where it comes from a file,
/// the bytes point into the mapping and may lie at any address, also one that is not a multiple of the element's size.
struct TensorEntry {
    std::string name;
    StoredDtype dtype = StoredDtype::F32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
};

/// A safetensors file, mapped and checked: every entry lies inside the file, overlaps no other and has the size that its dtype
/// and shape demand. Opening reads the header only. Movable; entries and their bytes stay where they are as long as the object
/// or what it was moved to lives. Any thread may read.
class SafetensorsFile {
public:
    /// Maps and checks the file. Bytes after the last tensor and gaps between tensors are tolerated, as are unknown fields.
    /// Errors: `code` (BadInput for latents), when it can't be opened or breaks any rule of the format: one sentence naming the
    /// file and the tensor. Git LFS pointers, web pages, PyTorch and GGUF files under the name are recognised.
    static Result<SafetensorsFile> open(const std::filesystem::path& path, ErrorCode code = ErrorCode::BadModel);

    /// The tensor of that name, or null.
    const TensorEntry* find(std::string_view name) const;
    /// All tensors in the order in which they lie in the file.
    std::span<const TensorEntry> entries() const { return m_entries; }
    const std::map<std::string, std::string>& metadata() const { return m_metadata; }
    const std::filesystem::path& path() const { return m_file.path(); }

    /// Asks the system to start reading the tensor now; returns at once. The entry must be one of this file's.
    void will_need(const TensorEntry& entry) const { m_file.will_need(entry.bytes); }
    /// Drops the tensor's pages from resident memory; a later read fetches them again.
    void dont_need(const TensorEntry& entry) const { m_file.dont_need(entry.bytes); }
    /// Whether the entry's bytes lie in this file.
    bool holds(const TensorEntry& entry) const;

private:
    explicit SafetensorsFile(MappedFile file) : m_file(std::move(file)) {}

    MappedFile m_file;
    std::vector<TensorEntry> m_entries;
    std::unordered_map<std::string_view, std::size_t> m_index;
    std::map<std::string, std::string> m_metadata;
};

}  // namespace headroom::files
