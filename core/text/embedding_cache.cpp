#include "core/text/embedding_cache.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include <ATen/ops/empty.h>

#include "core/base/fingerprint.h"
#include "core/files/safetensors_file.h"
#include "core/files/safetensors_writer.h"

namespace headroom::text {

namespace fs = std::filesystem;

namespace {

constexpr const char* kTensorName = "embeddings";
constexpr const char* kContentKey = "content";
// Part of each key: another number lets all that older programs kept count as absent.
constexpr std::string_view kVersion = "headroom embeddings 1";

std::optional<files::StoredDtype> stored_dtype(at::ScalarType dtype)
{
    switch (dtype) {
    case at::kFloat: return files::StoredDtype::F32;
    case at::kHalf: return files::StoredDtype::F16;
    case at::kBFloat16: return files::StoredDtype::BF16;
    default: return std::nullopt;
    }
}

/// Rows for tokens, or one row for the whole prompt.
bool is_embeddings_rank(std::size_t dimensions)
{
    return dimensions == 1 || dimensions == 2;
}

std::string fingerprint_of(std::span<const std::byte> bytes)
{
    Fingerprint fingerprint;
    fingerprint.add(bytes);
    return fingerprint.hex();
}

/// The tensor of an opened file, if it is what the key promises and no bit has changed.
std::optional<Tensor> read_embeddings(const files::SafetensorsFile& file, at::ScalarType dtype)
{
    const files::TensorEntry* entry = file.find(kTensorName);
    const auto content = file.metadata().find(kContentKey);
    if (!entry || !is_embeddings_rank(entry->shape.size()) || entry->dtype != stored_dtype(dtype)) return std::nullopt;
    if (content == file.metadata().end() || content->second != fingerprint_of(entry->bytes)) return std::nullopt;
    Tensor embeddings = at::empty(entry->shape, at::TensorOptions().dtype(dtype));
    if (!entry->bytes.empty()) std::memcpy(embeddings.mutable_data_ptr(), entry->bytes.data(), entry->bytes.size());
    return embeddings;
}

}  // namespace

EmbeddingCache::EmbeddingCache(fs::path folder, std::int64_t capacity_bytes)
    : m_folder(std::move(folder)), m_capacity_bytes(capacity_bytes)
{
}

fs::path EmbeddingCache::path_of(const EmbeddingKey& key) const
{
    Fingerprint fingerprint;
    fingerprint.add(kVersion);
    fingerprint.add(key.encoder);
    fingerprint.add(c10::toString(key.dtype));
    fingerprint.add(c10::DeviceTypeName(key.computed_on));
    fingerprint.add(std::as_bytes(std::span(key.tokens)));
    return m_folder / (fingerprint.hex() + ".safetensors");
}

std::optional<Tensor> EmbeddingCache::find(const EmbeddingKey& key) const
{
    const auto path = path_of(key);
    const auto file = files::SafetensorsFile::open(path);
    if (!file) return std::nullopt;
    auto embeddings = read_embeddings(*file, key.dtype);
    std::error_code ignored;
    if (embeddings) fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
    return embeddings;
}

std::optional<std::int64_t> EmbeddingCache::size_bytes(const EmbeddingKey& key) const
{
    std::error_code error;
    const auto size = fs::file_size(path_of(key), error);
    return error ? std::nullopt : std::optional(std::int64_t(size));
}

Result<void> EmbeddingCache::keep(const EmbeddingKey& key, const Tensor& embeddings) const
{
    const auto dtype = stored_dtype(key.dtype);
    if (!dtype || embeddings.scalar_type() != key.dtype || !is_embeddings_rank(std::size_t(embeddings.dim()))) {
        return fail(ErrorCode::Internal, "The embeddings to be kept are neither [tokens, width] nor [width] of the run's dtype");
    }
    std::error_code error;
    if (fs::create_directories(m_folder, error)) fs::permissions(m_folder, fs::perms::owner_all, error);
    if (error) return fail(ErrorCode::BadOutput, "The folder {} can't be made: {}", m_folder.string(), error.message());

    const Tensor plain = embeddings.to(at::kCPU).contiguous();
    files::TensorEntry entry;
    entry.name = kTensorName;
    entry.dtype = *dtype;
    entry.shape = plain.sizes().vec();
    entry.bytes = {static_cast<const std::byte*>(plain.const_data_ptr()), plain.nbytes()};
    TRY(files::write_safetensors(path_of(key), {&entry, 1}, {{kContentKey, fingerprint_of(entry.bytes)}}));
    remove_oldest();
    return {};
}

void EmbeddingCache::remove_oldest() const
{
    std::multimap<fs::file_time_type, fs::path> by_age;
    std::int64_t total_bytes = 0;
    std::error_code error;
    // Parts that a crash left are counted as well; one that is being written is among the newest.
    for (const auto& file : fs::directory_iterator(m_folder, error)) {
        const auto extension = file.path().extension();
        if (extension != ".safetensors" && extension != ".part") continue;
        const auto time = file.last_write_time(error);
        if (error) continue;
        const auto size_bytes = file.file_size(error);
        if (error) continue;
        by_age.emplace(time, file.path());
        total_bytes += std::int64_t(size_bytes);
    }
    for (const auto& [time, path] : by_age) {
        if (total_bytes <= m_capacity_bytes) return;
        const auto size_bytes = fs::file_size(path, error);
        if (!error) total_bytes -= std::int64_t(size_bytes);
        fs::remove(path, error);
    }
}

}  // namespace headroom::text
