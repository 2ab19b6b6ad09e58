#pragma once

#include <filesystem>
#include <optional>

#include "core/base/result.h"
#include "core/models/video_model.h"
#include "core/text/embedding_cache.h"

namespace headroom {

/// The prompts' embeddings that earlier runs of the same text encoder kept on disk: a prompt that was used before needs no text
/// encoder.
class PromptEmbeddings {
public:
    /// component: one of the model's text encoders; computed_on: the kind of device that encodes text; dtype: of the run.
    /// Embeddings lie below `state_dir`.
    PromptEmbeddings(const models::VideoModel& model, const std::string& component, const std::filesystem::path& state_dir,
                     at::ScalarType dtype, at::DeviceType computed_on);

    /// The bytes of what find would very likely give; nothing where it would give nothing. Reads no embeddings.
    std::optional<std::int64_t> size_bytes(const models::PromptTokens& tokens) const;
    /// What encode_text would give, on the CPU; nothing unless every prompt is there.
    std::optional<models::Conditioning> find(const models::PromptTokens& tokens) const;
    /// Keeps what encode_text gave. Errors: BadOutput; a run goes on without.
    Result<void> keep(const models::PromptTokens& tokens, const models::Conditioning& conditioning) const;

private:
    text::EmbeddingKey key_of(const std::vector<std::int32_t>& ids) const;

    text::EmbeddingCache m_cache;
    std::string m_encoder;  ///< Empty for a model without weights.
    at::ScalarType m_dtype;
    at::DeviceType m_computed_on;
};

}  // namespace headroom
