#include "core/models/cogvideox/cogvideox_model.h"

#include <utility>

#include <fmt/ranges.h>

#include "core/files/message_text.h"
#include "core/memory/file_weights.h"
#include "core/models/cogvideox/cogvideox_denoiser.h"
#include "core/models/cogvideox/cogvideox_frame_decoder.h"
#include "core/models/cogvideox/cogvideox_frame_encoder.h"
#include "core/text/umt5_encoder.h"
#include "core/tokenizers/tokenizer.h"

namespace headroom::models::cogvideox {

namespace {

constexpr const char* kTextEncoder = "text_encoder";
constexpr const char* kTransformer = "transformer";
constexpr const char* kVae = "vae";

/// The tokens of a text, filled up with padding, all of which the encoder attends to.
Result<std::vector<std::int32_t>> padded_tokens(const tokenizers::Tokenizer& tokenizer, const std::string& text,
                                                std::int64_t rows)
{
    std::vector<std::int32_t> ids = TRY(tokenizer.encode(text, std::size_t(rows)));
    ids.resize(std::size_t(rows), tokenizer.pad_id());
    return ids;
}

}  // namespace

Result<std::unique_ptr<VideoModel>> CogVideoXModel::open(const files::ModelFolder& folder)
{
    TRY(check_components(folder));
    CogVideoXConfigs configs = TRY(read_configs(folder));
    FolderHints hints = TRY(read_folder_hints(folder.path(), published_hints(configs)));
    ComponentWeights weights = TRY(ComponentWeights::open(folder, {kTextEncoder, kTransformer, kVae}));
    return std::unique_ptr<VideoModel>(new CogVideoXModel(folder, std::move(configs), std::move(hints), std::move(weights)));
}

CogVideoXModel::CogVideoXModel(const files::ModelFolder& folder, CogVideoXConfigs configs, FolderHints hints, ComponentWeights weights)
    : m_tokenizer_dir(folder.component("tokenizer")->dir),
      m_configs(std::move(configs)),
      m_hints(std::move(hints)),
      m_weights(std::move(weights)),
      m_info(describe_model(folder, m_configs, m_hints))
{
    m_info.components = describe_components(folder);
}

std::vector<ComponentInfo> CogVideoXModel::describe_components(const files::ModelFolder& folder) const
{
    std::vector<ComponentInfo> components;
    const auto describe = [&](const char* name, const std::vector<nn::ParameterBlock*>& blocks) {
        components.push_back(m_weights.describe(*folder.component(name), blocks));
    };
    describe(kTextEncoder, text::Umt5Encoder(m_configs.text_encoder, at::kFloat).blocks());
    describe(kTransformer, Transformer(m_configs.transformer).blocks());
    describe(kVae, VaeDecoder(m_configs.vae).blocks());
    return components;
}

std::vector<StagePlan> CogVideoXModel::chain() const
{
    return {stage_of(Stage::EncodeText, kTextEncoder), stage_of(Stage::Denoise, kTransformer), stage_of(Stage::Decode, kVae)};
}

std::vector<StagePlan> CogVideoXModel::encode_chain() const
{
    return {stage_of(Stage::Encode, kVae)};
}

Result<void> CogVideoXModel::check_weights() const
{
    TRY(m_weights.check_known(m_info.display_name));
    const auto tokenizer = TRY(tokenizers::load_unigram_tokenizer(m_tokenizer_dir));
    if (tokenizer->pad_id() < 0) {
        return fail(ErrorCode::BadModel, "{}: the tokenizer has no token for padding, which the model reads",
                    files::shown(m_tokenizer_dir));
    }
    text::Umt5Encoder encoder(m_configs.text_encoder, at::kFloat);
    TRY(memory::check_weights(*index(kTextEncoder), encoder.blocks()));
    Transformer transformer(m_configs.transformer);
    TRY(memory::check_weights(*index(kTransformer), transformer.blocks()));
    VaeDecoder decoder(m_configs.vae);
    return memory::check_weights(*index(kVae), decoder.blocks());
}

Result<void> CogVideoXModel::check_encoder_weights() const
{
    TRY(check_encodes(m_configs.vae));
    TRY(m_weights.check_known(m_info.display_name));
    TRY(m_weights.check_has_encoder(kVae));
    VaeEncoder encoder(m_configs.vae);
    return memory::check_weights(*index(kVae), encoder.blocks());
}

std::vector<std::int64_t> CogVideoXModel::latent_shape(const ClipSize& size, int batch) const
{
    const std::int64_t scale = m_configs.vae.spatial_scale();
    return {batch, m_configs.denoised_frames(size.frames), m_configs.vae.latent_channels, size.height / scale,
            size.width / scale};
}

LatentSize CogVideoXModel::latent_size(const ClipSize& size) const
{
    const std::int64_t scale = m_configs.vae.spatial_scale();
    return {int(m_configs.vae.latent_frames(size.frames)), int(size.height / scale), int(size.width / scale)};
}

DenoiserShape CogVideoXModel::denoiser_shape(const ClipSize& size) const
{
    const TransformerConfig& transformer = m_configs.transformer;
    const LatentSize latents = latent_size(size);
    const std::int64_t frames = m_configs.denoised_frames(size.frames) / transformer.patch_frames();
    return {frames * (latents.height / transformer.patch_size) * (latents.width / transformer.patch_size),
            int(transformer.num_attention_heads)};
}

VaeTraits CogVideoXModel::vae_traits() const
{
    // The norms' statistics are over two latents: another number would give another picture.
    return {.has_cache = true,
            .most_latents_per_chunk = 1,
            .first_encoded_frames = int(VaeConfig::kPixelBatch) + 1,
            .later_encoded_frames = int(VaeConfig::kPixelBatch)};
}

Result<ClipSize> CogVideoXModel::clip_size(const std::vector<std::int64_t>& shape) const
{
    const VaeConfig& vae = m_configs.vae;
    bool possible = shape.size() == 5 && shape[2] == vae.latent_channels;
    for (const std::int64_t size : shape) possible = possible && size > 0;
    if (!possible) {
        return fail(ErrorCode::BadInput, "the latents have shape [{}], but this model's are [batch, frames, {}, height, width]",
                    fmt::join(shape, ", "), vae.latent_channels);
    }
    const std::int64_t frames = shape[1] - m_configs.filling_frames(shape[1]);
    return ClipSize{int(shape[4] * vae.spatial_scale()), int(shape[3] * vae.spatial_scale()), int(vae.pixel_frames(frames))};
}

Tensor CogVideoXModel::preview_latents(const Tensor& latents, int batch_item) const
{
    const std::int64_t filling = m_configs.filling_frames(latents.size(1));
    return latents.select(0, batch_item)
        .narrow(0, filling, latents.size(1) - filling)
        .transpose(0, 1);  // [channels, frames, height, width]
}

Result<std::unique_ptr<sampling::Scheduler>> CogVideoXModel::make_scheduler(const DenoiseSettings& settings) const
{
    return sampling::make_scheduler(m_configs.scheduler, settings.steps);
}

std::string CogVideoXModel::denoiser_at(double, const DenoiseSettings&) const
{
    return kTransformer;
}

Result<TextTokens> CogVideoXModel::tokenize(const Prompts& prompts, const DenoiseSettings& settings) const
{
    const auto tokenizer = TRY(tokenizers::load_unigram_tokenizer(m_tokenizer_dir));
    const std::int64_t rows = m_configs.transformer.max_text_seq_length;
    PromptTokens tokens;
    tokens[kPromptEmbeds] = TRY(padded_tokens(*tokenizer, prompts.prompt, rows));
    if (uses_negative_prompt(settings))
        tokens[kNegativePromptEmbeds] = TRY(padded_tokens(*tokenizer, prompts.negative_prompt, rows));
    return TextTokens{{kTextEncoder, std::move(tokens)}};
}

std::string CogVideoXModel::text_identity(const std::string& component) const
{
    return index(component) ? index(component)->identity() : std::string();
}

TextTokens CogVideoXModel::longest_prompts(const DenoiseSettings& settings) const
{
    PromptTokens tokens{{kPromptEmbeds, std::vector<std::int32_t>(std::size_t(m_configs.transformer.max_text_seq_length), 0)}};
    if (uses_negative_prompt(settings)) tokens[kNegativePromptEmbeds] = tokens[kPromptEmbeds];
    return {{kTextEncoder, std::move(tokens)}};
}

void CogVideoXModel::announce(const std::string& component) const
{
    if (const files::WeightIndex* weights = index(component)) weights->will_need_all();
}

Result<Conditioning> CogVideoXModel::encode_text(const std::string& component, const PromptTokens& tokens,
                                                 const StageContext& context) const
{
    text::Umt5Encoder encoder(m_configs.text_encoder, context.dtype, context.device);
    const auto weights = context.sources->open(index(component), encoder.blocks());
    Conditioning conditioning;
    for (const auto& [name, ids] : tokens) {
        conditioning[name] = TRY(encoder.encode(ids, *weights, context.stop, context.progressed));
    }
    return conditioning;
}

Result<std::unique_ptr<Denoiser>> CogVideoXModel::load_denoiser(const std::string& component, const Conditioning& conditioning,
                                                                const DenoiseSettings& settings, const DenoisePlan& how,
                                                                const StageContext& context) const
{
    return std::make_unique<CogVideoXDenoiser>(m_configs.transformer, index(component), conditioning, settings, how, context);
}

Result<std::unique_ptr<FrameDecoder>> CogVideoXModel::load_decoder(const Tensor& latents, const VaePlan& how,
                                                                   const StageContext& context) const
{
    const std::int64_t filling = m_configs.filling_frames(latents.size(1));
    return CogVideoXFrameDecoder::create(m_configs.vae, index(kVae), latents.narrow(1, filling, latents.size(1) - filling), how,
                                         context);
}

Result<std::unique_ptr<FrameEncoder>> CogVideoXModel::load_encoder(const ClipSize& size, int batch, const VaePlan& how,
                                                                   const StageContext& context) const
{
    return CogVideoXFrameEncoder::create(m_configs.vae, index(kVae), size, batch, how, context);
}

}  // namespace headroom::models::cogvideox
