#include "core/models/hunyuan_video/hunyuan_video_model.h"

#include <utility>

#include <fmt/ranges.h>

#include "core/files/message_text.h"
#include "core/models/hunyuan_video/hunyuan_frame_decoder.h"
#include "core/models/hunyuan_video/hunyuan_frame_encoder.h"
#include "core/models/hunyuan_video/hunyuan_video_denoiser.h"
#include "core/models/hunyuan_video/prompt_template.h"
#include "core/sampling/flow_match_euler.h"
#include "core/text/clip_encoder.h"
#include "core/text/llama_encoder.h"
#include "core/tokenizers/tokenizer.h"

namespace headroom::models::hunyuan_video {

namespace {

constexpr const char* kTextEncoder = "text_encoder";
constexpr const char* kTextEncoder2 = "text_encoder_2";
constexpr const char* kTransformer = "transformer";
constexpr const char* kVae = "vae";

double setting(const DenoiseSettings& settings, const char* key, double missing)
{
    const auto found = settings.extra.find(key);
    return found == settings.extra.end() ? missing : found->second;
}

}  // namespace

Result<std::unique_ptr<VideoModel>> HunyuanVideoModel::open(const files::ModelFolder& folder)
{
    TRY(check_components(folder));
    HunyuanVideoConfigs configs = TRY(read_configs(folder));
    const FolderHints hints = TRY(read_folder_hints(folder.path(), published_hints(configs)));
    ComponentWeights weights = TRY(ComponentWeights::open(folder, {kTextEncoder, kTextEncoder2, kTransformer, kVae}));
    return opened(std::unique_ptr<FolderModel>(new HunyuanVideoModel(folder, std::move(configs), hints, std::move(weights))),
                  folder);
}

HunyuanVideoModel::HunyuanVideoModel(const files::ModelFolder& folder, HunyuanVideoConfigs configs, const FolderHints& hints,
                                     ComponentWeights weights)
    : FolderModel(describe_model(folder, configs, hints), hints, std::move(weights)),
      m_tokenizer_dir(folder.component("tokenizer")->dir),
      m_tokenizer_2_dir(folder.component("tokenizer_2")->dir),
      m_configs(std::move(configs))
{
}

std::int64_t HunyuanVideoModel::layers_run() const
{
    return m_configs.text_encoder.num_hidden_layers - kSkippedLayers;
}

std::vector<StagePlan> HunyuanVideoModel::chain() const
{
    return {stage_of(Stage::EncodeText, kTextEncoder), stage_of(Stage::EncodeText, kTextEncoder2),
            stage_of(Stage::Denoise, kTransformer), stage_of(Stage::Decode, kVae)};
}

Result<void> HunyuanVideoModel::with_blocks(const std::string& component, const UseBlocks& use) const
{
    if (component == kTextEncoder) return use(text::LlamaEncoder(m_configs.text_encoder, layers_run(), at::kFloat).blocks());
    if (component == kTextEncoder2) return use(text::ClipEncoder(m_configs.text_encoder_2, at::kFloat).blocks());
    if (component == kVae) return use(VaeDecoder(m_configs.vae).blocks());
    return use(Transformer(m_configs.transformer).blocks());
}

Result<void> HunyuanVideoModel::with_encoder_blocks(const UseBlocks& use) const
{
    return use(VaeEncoder(m_configs.vae).blocks());
}

Result<void> HunyuanVideoModel::check_tokenizers() const
{
    TRY(tokenizers::load_bpe_tokenizer(m_tokenizer_dir));
    TRY(tokenizers::load_clip_tokenizer(m_tokenizer_2_dir));
    return {};
}

std::vector<std::int64_t> HunyuanVideoModel::latent_shape(const ClipSize& size, int batch) const
{
    const LatentSize latents = latent_size(size);
    return {batch, m_configs.vae.latent_channels, latents.frames, latents.height, latents.width};
}

LatentSize HunyuanVideoModel::latent_size(const ClipSize& size) const
{
    const std::int64_t scale = m_configs.vae.spatial_compression_ratio;
    return {int(m_configs.vae.latent_frames(size.frames)), int(size.height / scale), int(size.width / scale)};
}

DenoiserShape HunyuanVideoModel::denoiser_shape(const ClipSize& size) const
{
    const LatentSize latents = latent_size(size);
    const auto [frames, rows, columns] = m_configs.transformer.patch();
    return {(latents.frames / frames) * (latents.height / rows) * (latents.width / columns),
            int(m_configs.transformer.num_attention_heads)};
}

VaeTraits HunyuanVideoModel::vae_traits() const
{
    // Tiles of time overlap instead of handing features on; their length is the reference's.
    return {.has_cache = false,
            .most_latents_per_chunk = 1,
            .first_encoded_frames = int(TimeTiles::kTileFrames) + 1,
            .later_encoded_frames = int(TimeTiles::kStrideFrames)};
}

Result<ClipSize> HunyuanVideoModel::clip_size(const std::vector<std::int64_t>& shape) const
{
    const VaeConfig& vae = m_configs.vae;
    bool possible = shape.size() == 5 && shape[1] == vae.latent_channels;
    for (const std::int64_t size : shape) possible = possible && size > 0;
    if (!possible) {
        return fail(ErrorCode::BadInput, "the latents have shape [{}], but this model's are [batch, {}, frames, height, width]",
                    fmt::join(shape, ", "), vae.latent_channels);
    }
    return ClipSize{int(shape[4] * vae.spatial_compression_ratio), int(shape[3] * vae.spatial_compression_ratio),
                    int(vae.pixel_frames(shape[2]))};
}

Tensor HunyuanVideoModel::preview_latents(const Tensor& latents, int batch_item) const
{
    return latents.select(0, batch_item);
}

Result<std::unique_ptr<sampling::Scheduler>> HunyuanVideoModel::make_scheduler(const DenoiseSettings& settings) const
{
    nlohmann::json scheduler = m_configs.scheduler;
    if (settings.extra.contains(kFlowShift)) scheduler["shift"] = setting(settings, kFlowShift, 0);
    return sampling::make_flow_match_euler(scheduler, settings.steps, sampling::FlowMatchEulerConfig::Levels::EvenToZero);
}

bool HunyuanVideoModel::uses_negative_prompt(const DenoiseSettings& settings) const
{
    return setting(settings, kTrueGuidance, 1) > 1;
}

std::string HunyuanVideoModel::denoiser_at(double, const DenoiseSettings&) const
{
    return kTransformer;
}

Result<TextTokens> HunyuanVideoModel::tokenize(const Prompts& prompts, const DenoiseSettings& settings) const
{
    const auto tokenizer = TRY(tokenizers::load_bpe_tokenizer(m_tokenizer_dir));
    const auto tokenizer_2 = TRY(tokenizers::load_clip_tokenizer(m_tokenizer_2_dir));
    PromptTokens tokens, tokens_2;
    tokens[kPromptEmbeds] = TRY(tokenizer->encode(in_template(prompts.prompt), kPromptTokens));
    tokens_2[kPooledPromptEmbeds] = TRY(tokenizer_2->encode(prompts.prompt, kClipTokens));
    if (uses_negative_prompt(settings)) {
        tokens[kNegativePromptEmbeds] = TRY(tokenizer->encode(in_template(prompts.negative_prompt), kPromptTokens));
        tokens_2[kNegativePooledPromptEmbeds] = TRY(tokenizer_2->encode(prompts.negative_prompt, kClipTokens));
    }
    return TextTokens{{kTextEncoder, std::move(tokens)}, {kTextEncoder2, std::move(tokens_2)}};
}

TextTokens HunyuanVideoModel::longest_prompts(const DenoiseSettings& settings) const
{
    const std::vector<std::int32_t> longest(kPromptTokens, 0);
    std::vector<std::int32_t> longest_2(kClipTokens, 0);
    longest_2.back() = text::end_of_text(m_configs.text_encoder_2);
    PromptTokens tokens{{kPromptEmbeds, longest}}, tokens_2{{kPooledPromptEmbeds, longest_2}};
    if (uses_negative_prompt(settings)) {
        tokens[kNegativePromptEmbeds] = longest;
        tokens_2[kNegativePooledPromptEmbeds] = longest_2;
    }
    return {{kTextEncoder, std::move(tokens)}, {kTextEncoder2, std::move(tokens_2)}};
}

Result<Conditioning> HunyuanVideoModel::encode_text(const std::string& component, const PromptTokens& tokens,
                                                    const StageContext& context) const
{
    if (component == kTextEncoder2) return encode_whole(component, tokens, context);
    text::LlamaEncoder encoder(m_configs.text_encoder, layers_run(), context.dtype, context.device);
    const auto weights = context.sources->open(weight_files(component), encoder.blocks());
    Conditioning conditioning;
    for (const auto& [name, ids] : tokens) {
        if (ids.size() <= kTemplateTokens) {
            return fail(ErrorCode::BadModel,
                        "{}: the tokenizer makes {} tokens of the prompt in its template, of which the template alone has {}; "
                        "it is not the one that the model was trained with",
                        files::shown(m_tokenizer_dir), ids.size(), kTemplateTokens);
        }
        const Tensor rows = TRY(encoder.encode(ids, *weights, context.stop, context.progressed));
        conditioning[name] = rows.narrow(0, kTemplateTokens, rows.size(0) - std::int64_t(kTemplateTokens)).clone();
    }
    return conditioning;
}

Result<Conditioning> HunyuanVideoModel::encode_whole(const std::string& component, const PromptTokens& tokens,
                                                     const StageContext& context) const
{
    text::ClipEncoder encoder(m_configs.text_encoder_2, context.dtype, context.device);
    const auto weights = context.sources->open(weight_files(component), encoder.blocks());
    Conditioning conditioning;
    for (const auto& [name, ids] : tokens) {
        conditioning[name] = TRY(encoder.encode(ids, *weights, context.stop, context.progressed));
    }
    return conditioning;
}

Result<std::unique_ptr<Denoiser>> HunyuanVideoModel::load_denoiser(const std::string& component, const Conditioning& conditioning,
                                                                   const DenoiseSettings& settings, const DenoisePlan& how,
                                                                   const StageContext& context) const
{
    const GuidanceScales scales{.embedded = settings.guidance, .classifier_free = setting(settings, kTrueGuidance, 1)};
    return std::make_unique<HunyuanVideoDenoiser>(m_configs.transformer, weight_files(component), conditioning, scales, how,
                                                  context);
}

Result<std::unique_ptr<FrameDecoder>> HunyuanVideoModel::load_decoder(const Tensor& latents, const VaePlan& how,
                                                                      const StageContext& context) const
{
    return HunyuanFrameDecoder::create(m_configs.vae, weight_files(kVae), latents, how, context);
}

Result<std::unique_ptr<FrameEncoder>> HunyuanVideoModel::load_encoder(const ClipSize& size, int batch, const VaePlan& how,
                                                                      const StageContext& context) const
{
    return HunyuanFrameEncoder::create(m_configs.vae, weight_files(kVae), size, batch, how, context);
}

}  // namespace headroom::models::hunyuan_video
