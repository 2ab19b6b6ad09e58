#include "core/engine/prompt_embeddings.h"

#include <algorithm>
#include <utility>

namespace headroom {

PromptEmbeddings::PromptEmbeddings(const models::VideoModel& model, const std::string& component,
                                   const std::filesystem::path& state_dir, at::ScalarType dtype, at::DeviceType computed_on)
    : m_cache(state_dir / "prompts"), m_dtype(dtype), m_computed_on(computed_on)
{
    if (const files::WeightIndex* weights = model.weight_files(component)) m_encoder = weights->identity();
}

std::optional<std::int64_t> PromptEmbeddings::size_bytes(const models::PromptTokens& tokens) const
{
    if (m_encoder.empty() || tokens.empty()) return std::nullopt;
    std::int64_t sum = 0;
    for (const auto& [name, ids] : tokens) {
        const auto size = m_cache.size_bytes(key_of(ids));
        if (!size) return std::nullopt;
        sum += *size;
    }
    return sum;
}

std::optional<models::Conditioning> PromptEmbeddings::find(const models::PromptTokens& tokens) const
{
    if (m_encoder.empty()) return std::nullopt;
    models::Conditioning conditioning;
    for (const auto& [name, ids] : tokens) {
        auto embeddings = m_cache.find(key_of(ids));
        if (!embeddings) return std::nullopt;
        conditioning[name] = *std::move(embeddings);
    }
    return conditioning;
}

Result<void> PromptEmbeddings::keep(const models::PromptTokens& tokens, const models::Conditioning& conditioning) const
{
    if (m_encoder.empty()) return {};
    for (const auto& [name, ids] : tokens) {
        const auto embeddings = conditioning.find(name);
        if (embeddings != conditioning.end()) TRY(m_cache.keep(key_of(ids), embeddings->second));
    }
    return {};
}

text::EmbeddingKey PromptEmbeddings::key_of(const std::vector<std::int32_t>& ids) const
{
    return {.encoder = m_encoder, .tokens = ids, .dtype = m_dtype, .computed_on = m_computed_on};
}

}  // namespace headroom
