#include "core/models/wan/wan_model.h"

#include <utility>

#include <fmt/ranges.h>

#include "core/models/wan/wan_denoiser.h"
#include "core/models/wan/wan_folder.h"
#include "core/models/wan/wan_frame_decoder.h"
#include "core/models/wan/wan_frame_encoder.h"
#include "core/text/prompt_cleaning.h"
#include "core/text/umt5_encoder.h"
#include "core/tokenizers/tokenizer.h"

namespace headroom::models::wan {

namespace {

constexpr const char* kTextEncoder = "text_encoder";
constexpr const char* kTransformer = "transformer";
constexpr const char* kTransformer2 = "transformer_2";
constexpr const char* kVae = "vae";

}  // namespace

Result<std::unique_ptr<VideoModel>> WanModel::open(const files::ModelFolder& folder)
{
    TRY(check_components(folder));
    WanConfigs configs = TRY(read_configs(folder));
    const FolderHints hints = TRY(read_folder_hints(folder.path(), published_hints(published_kind(configs), configs.vae.z_dim)));
    ComponentWeights weights = TRY(ComponentWeights::open(folder, {kTextEncoder, kTransformer, kTransformer2, kVae}));
    return opened(std::unique_ptr<FolderModel>(new WanModel(folder, std::move(configs), hints, std::move(weights))), folder);
}

WanModel::WanModel(const files::ModelFolder& folder, WanConfigs configs, const FolderHints& hints, ComponentWeights weights)
    : FolderModel(describe_model(folder, configs, hints), hints, std::move(weights)),
      m_tokenizer_dir(folder.component("tokenizer")->dir),
      m_configs(std::move(configs))
{
}

const TransformerConfig& WanModel::transformer_config(const std::string& component) const
{
    return component == kTransformer2 ? *m_configs.transformer_2 : m_configs.transformer;
}

std::vector<StagePlan> WanModel::chain() const
{
    std::vector<StagePlan> chain{stage_of(Stage::EncodeText, kTextEncoder), stage_of(Stage::Denoise, kTransformer)};
    if (m_configs.transformer_2) chain.push_back(stage_of(Stage::Denoise, kTransformer2));
    chain.push_back(stage_of(Stage::Decode, kVae));
    return chain;
}

Result<void> WanModel::with_blocks(const std::string& component, const UseBlocks& use) const
{
    if (component == kTextEncoder) return use(text::Umt5Encoder(m_configs.text_encoder, at::kFloat).blocks());
    if (component == kVae) return use(VaeDecoder(m_configs.vae).blocks());
    return use(Transformer(transformer_config(component)).blocks());
}

Result<void> WanModel::with_encoder_blocks(const UseBlocks& use) const
{
    TRY(check_encodes(m_configs.vae));
    return use(VaeEncoder(m_configs.vae).blocks());
}

Result<void> WanModel::check_tokenizers() const
{
    TRY(tokenizers::load_unigram_tokenizer(m_tokenizer_dir));
    return {};
}

std::vector<std::int64_t> WanModel::latent_shape(const ClipSize& size, int batch) const
{
    const LatentSize latents = latent_size(size);
    return {batch, m_configs.vae.z_dim, latents.frames, latents.height, latents.width};
}

LatentSize WanModel::latent_size(const ClipSize& size) const
{
    const VaeConfig& vae = m_configs.vae;
    return {int((size.frames - 1) / vae.scale_factor_temporal + 1), int(size.height / vae.scale_factor_spatial),
            int(size.width / vae.scale_factor_spatial)};
}

DenoiserShape WanModel::denoiser_shape(const ClipSize& size) const
{
    const TransformerConfig& transformer = m_configs.transformer;
    const LatentSize latents = latent_size(size);
    const auto& patch = transformer.patch_size;
    return {(latents.frames / patch[0]) * (latents.height / patch[1]) * (latents.width / patch[2]),
            int(transformer.num_attention_heads)};
}

Result<ClipSize> WanModel::clip_size(const std::vector<std::int64_t>& shape) const
{
    const VaeConfig& vae = m_configs.vae;
    bool possible = shape.size() == 5 && shape[1] == vae.z_dim;
    for (const std::int64_t size : shape) possible = possible && size > 0;
    if (!possible) {
        return fail(ErrorCode::BadInput, "the latents have shape [{}], but this model's are [batch, {}, frames, height, width]",
                    fmt::join(shape, ", "), vae.z_dim);
    }
    return ClipSize{int(shape[4] * vae.scale_factor_spatial), int(shape[3] * vae.scale_factor_spatial),
                    int(vae.pixel_frames(shape[2]))};
}

Tensor WanModel::preview_latents(const Tensor& latents, int batch_item) const
{
    return latents.select(0, batch_item);
}

VaeTraits WanModel::vae_traits() const
{
    return {.has_cache = true,
            .most_latents_per_chunk = 2,
            .first_encoded_frames = 1,
            .later_encoded_frames = int(m_configs.vae.scale_factor_temporal)};
}

Result<std::unique_ptr<sampling::Scheduler>> WanModel::make_scheduler(const DenoiseSettings& settings) const
{
    const auto shift = settings.extra.find(kFlowShift);
    const bool as_stated = shift == settings.extra.end();
    return sampling::make_scheduler(as_stated ? m_configs.scheduler : with_flow_shift(m_configs.scheduler, shift->second),
                                    settings.steps);
}

std::string WanModel::denoiser_at(double timestep, const DenoiseSettings&) const
{
    if (!m_configs.transformer_2) return kTransformer;
    return timestep >= m_configs.boundary_ratio * training_timesteps(m_configs.scheduler) ? kTransformer : kTransformer2;
}

Result<TextTokens> WanModel::tokenize(const Prompts& prompts, const DenoiseSettings& settings) const
{
    const auto tokenizer = TRY(tokenizers::load_unigram_tokenizer(m_tokenizer_dir));
    PromptTokens tokens;
    tokens[kPromptEmbeds] = TRY(tokenizer->encode(text::clean_prompt(prompts.prompt), kTextRows));
    if (uses_negative_prompt(settings)) {
        tokens[kNegativePromptEmbeds] = TRY(tokenizer->encode(text::clean_prompt(prompts.negative_prompt), kTextRows));
    }
    return TextTokens{{kTextEncoder, std::move(tokens)}};
}

TextTokens WanModel::longest_prompts(const DenoiseSettings& settings) const
{
    PromptTokens tokens{{kPromptEmbeds, std::vector<std::int32_t>(kTextRows, 0)}};
    if (uses_negative_prompt(settings)) tokens[kNegativePromptEmbeds] = tokens[kPromptEmbeds];
    return {{kTextEncoder, std::move(tokens)}};
}

Result<Conditioning> WanModel::encode_text(const std::string& component, const PromptTokens& tokens,
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

Result<std::unique_ptr<Denoiser>> WanModel::load_denoiser(const std::string& component, const Conditioning& conditioning,
                                                          const DenoiseSettings& settings, const DenoisePlan& how,
                                                          const StageContext& context) const
{
    const auto guidance_2 = settings.extra.find(kGuidance2);
    const bool is_second = component == kTransformer2 && guidance_2 != settings.extra.end();
    return std::make_unique<WanDenoiser>(transformer_config(component), weight_files(component), conditioning,
                                         is_second ? guidance_2->second : settings.guidance, how, context);
}

Result<std::unique_ptr<FrameDecoder>> WanModel::load_decoder(const Tensor& latents, const VaePlan& how,
                                                             const StageContext& context) const
{
    return WanFrameDecoder::create(m_configs.vae, weight_files(kVae), latents, how, context);
}

Result<std::unique_ptr<FrameEncoder>> WanModel::load_encoder(const ClipSize& size, int batch, const VaePlan& how,
                                                             const StageContext& context) const
{
    return WanFrameEncoder::create(m_configs.vae, weight_files(kVae), size, batch, how, context);
}

}  // namespace headroom::models::wan
