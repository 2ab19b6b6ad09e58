#include "core/models/wan/wan_model.h"

#include <algorithm>
#include <utility>

#include <fmt/ranges.h>

#include "core/files/file_identity.h"
#include "core/files/message_text.h"
#include "core/memory/file_weights.h"
#include "core/models/wan/wan_denoiser.h"
#include "core/models/wan/wan_folder.h"
#include "core/models/wan/wan_frame_decoder.h"
#include "core/models/wan/wan_frame_encoder.h"
#include "core/text/prompt_cleaning.h"
#include "core/text/umt5_encoder.h"
#include "core/tokenizers/tokenizer.h"

namespace headroom::models::wan {

Result<std::unique_ptr<VideoModel>> WanModel::open(const files::ModelFolder& folder)
{
    TRY(check_components(folder));
    WanConfigs configs = TRY(read_configs(folder));
    FolderHints hints = TRY(read_folder_hints(folder.path()));
    std::optional<Weights> weights;
    if (folder.contents() == files::FolderContents::Whole) {
        weights.emplace(Weights{TRY(files::WeightIndex::open(folder.component("text_encoder")->dir)),
                                TRY(files::WeightIndex::open(folder.component("transformer")->dir)),
                                TRY(files::WeightIndex::open(folder.component("vae")->dir))});
    }
    return std::unique_ptr<VideoModel>(new WanModel(folder, std::move(configs), std::move(hints), std::move(weights)));
}

WanModel::WanModel(const files::ModelFolder& folder, WanConfigs configs, FolderHints hints, std::optional<Weights> weights)
    : m_tokenizer_dir(folder.component("tokenizer")->dir),
      m_configs(std::move(configs)),
      m_hints(std::move(hints)),
      m_weights(std::move(weights)),
      m_info(describe_model(folder, m_configs, m_hints))
{
    m_info.components = describe_components(folder);
}

std::vector<ComponentInfo> WanModel::describe_components(const files::ModelFolder& folder) const
{
    text::Umt5Encoder encoder(m_configs.text_encoder, at::kFloat);
    Transformer transformer(m_configs.transformer);
    VaeDecoder decoder(m_configs.vae);
    const auto describe = [&](const char* name, files::WeightIndex Weights::*component, const std::vector<nn::ParameterBlock*>& blocks) {
        const files::ComponentRef& found = *folder.component(name);
        return m_weights ? describe_component(found, *index(component)) : describe_component(found, blocks);
    };
    return {describe("text_encoder", &Weights::text_encoder, encoder.blocks()),
            describe("transformer", &Weights::transformer, transformer.blocks()), describe("vae", &Weights::vae, decoder.blocks())};
}

std::vector<StagePlan> WanModel::chain() const
{
    return {stage_of(Stage::EncodeText, "text_encoder"), stage_of(Stage::Denoise, "transformer"), stage_of(Stage::Decode, "vae")};
}

std::vector<StagePlan> WanModel::encode_chain() const
{
    return {stage_of(Stage::Encode, "vae")};
}

Result<void> WanModel::check_weights() const
{
    if (!m_weights) {
        return fail(ErrorCode::BadModel, "{} is known by its configs only: it can be planned, but to run it give a folder with its weights",
                    m_info.display_name);
    }
    TRY(tokenizers::load_unigram_tokenizer(m_tokenizer_dir));
    text::Umt5Encoder encoder(m_configs.text_encoder, at::kFloat);
    TRY(memory::check_weights(m_weights->text_encoder, encoder.blocks()));
    Transformer transformer(m_configs.transformer);
    TRY(memory::check_weights(m_weights->transformer, transformer.blocks()));
    VaeDecoder decoder(m_configs.vae);
    return memory::check_weights(m_weights->vae, decoder.blocks());
}

Result<void> WanModel::check_encoder_weights() const
{
    TRY(check_encodes(m_configs.vae));
    const auto entries = m_weights->vae.entries();
    const bool has_encoder = std::ranges::any_of(entries, [](const files::TensorEntry* entry) { return entry->name.starts_with("encoder."); });
    if (!has_encoder) {
        return fail(ErrorCode::BadModel, "{}: the autoencoder has no encoder (no tensor whose name begins with 'encoder.'), so it can only "
                    "decode; use a folder with the whole autoencoder", files::shown(m_weights->vae.main_path()));
    }
    VaeEncoder encoder(m_configs.vae);
    return memory::check_weights(m_weights->vae, encoder.blocks());
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
    return {(latents.frames / patch[0]) * (latents.height / patch[1]) * (latents.width / patch[2]), int(transformer.num_attention_heads)};
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
    return ClipSize{int(shape[4] * vae.scale_factor_spatial), int(shape[3] * vae.scale_factor_spatial), int(vae.pixel_frames(shape[2]))};
}

Tensor WanModel::preview_latents(const Tensor& latents, int batch_item) const
{
    return latents.select(0, batch_item);
}

Result<std::unique_ptr<sampling::Scheduler>> WanModel::make_scheduler(int steps) const
{
    return sampling::make_scheduler(m_configs.scheduler, steps);
}

Result<PromptTokens> WanModel::tokenize(const Prompts& prompts) const
{
    const auto tokenizer = TRY(tokenizers::load_unigram_tokenizer(m_tokenizer_dir));
    PromptTokens tokens;
    tokens[kPromptEmbeds] = TRY(tokenizer->encode(text::clean_prompt(prompts.prompt), kTextRows));
    if (prompts.guidance > 1) tokens[kNegativePromptEmbeds] = TRY(tokenizer->encode(text::clean_prompt(prompts.negative_prompt), kTextRows));
    return tokens;
}

std::string WanModel::text_identity() const
{
    if (!m_weights) return {};
    const files::WeightIndex& weights = m_weights->text_encoder;
    std::string identity = files::file_identity(weights.main_path().parent_path() / "config.json");
    for (const files::SafetensorsFile& file : weights.files()) identity += files::file_identity(file.path());
    return identity;
}

PromptTokens WanModel::longest_prompts(double guidance) const
{
    PromptTokens tokens{{kPromptEmbeds, std::vector<std::int32_t>(kTextRows, 0)}};
    if (guidance > 1) tokens[kNegativePromptEmbeds] = tokens[kPromptEmbeds];
    return tokens;
}

Result<Conditioning> WanModel::encode_text(const PromptTokens& tokens, const StageContext& context) const
{
    text::Umt5Encoder encoder(m_configs.text_encoder, context.dtype, context.device);
    const auto weights = context.sources->open(index(&Weights::text_encoder), encoder.blocks());
    Conditioning conditioning;
    for (const auto& [name, ids] : tokens) {
        conditioning[name] = TRY(encoder.encode(ids, *weights, context.stop, context.progressed));
    }
    return conditioning;
}

Result<std::unique_ptr<Denoiser>> WanModel::load_denoiser(const Conditioning& conditioning, double guidance, const DenoisePlan& how,
                                                          const StageContext& context) const
{
    return std::make_unique<WanDenoiser>(m_configs.transformer, index(&Weights::transformer), conditioning, guidance, how, context);
}

Result<std::unique_ptr<FrameDecoder>> WanModel::load_decoder(const Tensor& latents, const VaePlan& how, const StageContext& context) const
{
    return WanFrameDecoder::create(m_configs.vae, index(&Weights::vae), latents, how, context);
}

Result<std::unique_ptr<FrameEncoder>> WanModel::load_encoder(const ClipSize& size, int batch, const VaePlan& how, const StageContext& context) const
{
    return WanFrameEncoder::create(m_configs.vae, index(&Weights::vae), size, batch, how, context);
}

}  // namespace headroom::models::wan
