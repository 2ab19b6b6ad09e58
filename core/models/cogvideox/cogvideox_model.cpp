#include "core/models/cogvideox/cogvideox_model.h"

#include <utility>

#include <fmt/ranges.h>

#include "core/files/message_text.h"
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
    const FolderHints hints = TRY(read_folder_hints(folder.path(), published_hints(configs)));
    ComponentWeights weights = TRY(ComponentWeights::open(folder, {kTextEncoder, kTransformer, kVae}));
    return opened(std::unique_ptr<FolderModel>(new CogVideoXModel(folder, std::move(configs), hints, std::move(weights))),
                  folder);
}

CogVideoXModel::CogVideoXModel(const files::ModelFolder& folder, CogVideoXConfigs configs, const FolderHints& hints,
                               ComponentWeights weights)
    : FolderModel(describe_model(folder, configs, hints), hints, std::move(weights)),
      m_tokenizer_dir(folder.component("tokenizer")->dir),
      m_configs(std::move(configs))
{
}

std::vector<StagePlan> CogVideoXModel::chain() const
{
    return {stage_of(Stage::EncodeText, kTextEncoder), stage_of(Stage::Denoise, kTransformer), stage_of(Stage::Decode, kVae)};
}

Result<void> CogVideoXModel::with_blocks(const std::string& component, const UseBlocks& use) const
{
    if (component == kTextEncoder) return use(text::Umt5Encoder(m_configs.text_encoder, at::kFloat).blocks());
    if (component == kVae) return use(VaeDecoder(m_configs.vae).blocks());
    return use(Transformer(m_configs.transformer).blocks());
}

Result<void> CogVideoXModel::with_encoder_blocks(const UseBlocks& use) const
{
    TRY(check_encodes(m_configs.vae));
    return use(VaeEncoder(m_configs.vae).blocks());
}

Result<void> CogVideoXModel::check_tokenizers() const
{
    const auto tokenizer = TRY(tokenizers::load_unigram_tokenizer(m_tokenizer_dir));
    if (tokenizer->pad_id() >= 0) return {};
    return fail(ErrorCode::BadModel, "{}: the tokenizer has no token for padding, which the model reads",
                files::shown(m_tokenizer_dir));
}

std::vector<std::int64_t> CogVideoXModel::latent_shape(const ClipSize& size, int batch) const
{
    const LatentSize latents = latent_size(size);
    return {batch, latents.frames, m_configs.vae.latent_channels, latents.height, latents.width};
}

std::vector<std::int64_t> CogVideoXModel::noise_shape(const ClipSize& size, int batch) const
{
    std::vector<std::int64_t> shape = latent_shape(size, batch);
    shape[1] += m_configs.filling_frames(size.frames);
    return shape;
}

Tensor CogVideoXModel::without_filling(const Tensor& denoised, const ClipSize& size) const
{
    const std::int64_t filling = m_configs.filling_frames(size.frames);
    return denoised.narrow(1, filling, denoised.size(1) - filling);
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
    const std::int64_t frames = (latents.frames + m_configs.filling_frames(size.frames)) / transformer.patch_frames();
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
    return ClipSize{int(shape[4] * vae.spatial_scale()), int(shape[3] * vae.spatial_scale()), int(vae.pixel_frames(shape[1]))};
}

Tensor CogVideoXModel::preview_latents(const Tensor& latents, int batch_item) const
{
    return latents.select(0, batch_item).transpose(0, 1);  // [channels, frames, height, width]
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

TextTokens CogVideoXModel::longest_prompts(const DenoiseSettings& settings) const
{
    PromptTokens tokens{{kPromptEmbeds, std::vector<std::int32_t>(std::size_t(m_configs.transformer.max_text_seq_length), 0)}};
    if (uses_negative_prompt(settings)) tokens[kNegativePromptEmbeds] = tokens[kPromptEmbeds];
    return {{kTextEncoder, std::move(tokens)}};
}

Result<Conditioning> CogVideoXModel::encode_text(const std::string& component, const PromptTokens& tokens,
                                                 const StageContext& context) const
{
    text::Umt5Encoder encoder(m_configs.text_encoder, context.dtype, context.device);
    const auto weights = context.sources->open(weight_files(component), encoder.blocks());
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
    return std::make_unique<CogVideoXDenoiser>(m_configs.transformer, weight_files(component), conditioning, settings, how,
                                               context);
}

Result<std::unique_ptr<FrameDecoder>> CogVideoXModel::load_decoder(const Tensor& latents, const VaePlan& how,
                                                                   const StageContext& context) const
{
    return CogVideoXFrameDecoder::create(m_configs.vae, weight_files(kVae), latents, how, context);
}

Result<std::unique_ptr<FrameEncoder>> CogVideoXModel::load_encoder(const ClipSize& size, int batch, const VaePlan& how,
                                                                   const StageContext& context) const
{
    return CogVideoXFrameEncoder::create(m_configs.vae, weight_files(kVae), size, batch, how, context);
}

}  // namespace headroom::models::cogvideox
