#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "core/base/result.h"
#include "core/tensor/tensor.h"

namespace headroom::text {

/// What a prompt's embeddings depend on, to the last bit.
struct EmbeddingKey {
    std::string encoder;               ///< Its identity: files and config (WeightIndex::identity).
    std::vector<std::int32_t> tokens;  ///< The prompt as the encoder sees it.
    at::ScalarType dtype = at::kFloat;
    at::DeviceType computed_on = at::kCPU;
};

/// Embeddings of prompts on disk, so that an encoder need not be loaded for a prompt that was used before. One safetensors file
/// each, below one folder that only the person can read; file names are hashes of the key and neither names nor contents hold the
/// prompt's text. Files appear whole or not at all, so several programs may share the folder; what is damaged or foreign counts
/// as absent.
class EmbeddingCache {
public:
    static constexpr std::int64_t kDefaultCapacityBytes = std::int64_t{256} << 20;

    /// The folder is made when something is first kept.
    explicit EmbeddingCache(std::filesystem::path folder, std::int64_t capacity_bytes = kDefaultCapacityBytes);

    /// The embeddings kept for the key, on the CPU in the key's dtype, bit for bit; nothing when there are none that are whole.
    /// Marks them as used now.
    std::optional<Tensor> find(const EmbeddingKey& key) const;

    /// The size of what find would very likely give, a file's header included; nothing where it would give nothing. Looks at the
    /// file only, for plans.
    std::optional<std::int64_t> size_bytes(const EmbeddingKey& key) const;

    /// Keeps embeddings ([tokens, width], or [width] of the whole prompt, of any device, in the key's dtype), then removes those
    /// that were not used for longest until all of the folder's fit into the capacity. Errors: BadOutput when the folder can't be
    /// written; the run goes on without.
    Result<void> keep(const EmbeddingKey& key, const Tensor& embeddings) const;

private:
    std::filesystem::path path_of(const EmbeddingKey& key) const;
    void remove_oldest() const;

    std::filesystem::path m_folder;
    std::int64_t m_capacity_bytes;
};

}  // namespace headroom::text
