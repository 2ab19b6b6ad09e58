#include "core/models/wan/wan_model.h"

#include <utility>

#include <fmt/ranges.h>

#include "core/memory/file_weights.h"
#include "core/models/wan/wan_folder.h"
#include "core/models/wan/wan_stages.h"
#include "core/text/prompt_cleaning.h"
#include "core/tokenizers/tokenizer.h"

namespace headroom::models::wan {

Result<std::unique_ptr<VideoModel>> WanModel::open(const files::ModelFolder& folder)
{
    TRY(check_components(folder));
    WanConfigs configs = TRY(read_configs(folder));
    FolderHints hints = TRY(read_folder_hints(folder.path()));
    Weights weights{TRY(files::WeightIndex::open(folder.component("text_encoder")->dir)),
                    TRY(files::WeightIndex::open(folder.component("transformer")->dir)),
                    TRY(files::WeightIndex::open(folder.component("vae")->dir))};
    return std::unique_ptr<VideoModel>(new WanModel(folder, std::move(configs), std::move(hints), std::move(weights)));
}

WanModel::WanModel(const files::ModelFolder& folder, WanConfigs configs, FolderHints hints, Weights weights)
    : m_tokenizer_dir(folder.component("tokenizer")->dir),
      m_configs(std::move(configs)),
      m_hints(std::move(hints)),
      m_weights(std::move(weights)),
      m_info(describe_model(folder, m_configs, m_hints))
{
    m_info.components = {describe_component(*folder.component("text_encoder"), m_weights.text_encoder),
                         describe_component(*folder.component("transformer"), m_weights.transformer),
                         describe_component(*folder.component("vae"), m_weights.vae)};
}

std::vector<StagePlan> WanModel::chain() const
{
    return {stage_of(Stage::EncodeText, "text_encoder"), stage_of(Stage::Denoise, "transformer"), stage_of(Stage::Decode, "vae")};
}

Result<void> WanModel::check_weights() const
{
    TRY(tokenizers::load_unigram_tokenizer(m_tokenizer_dir));
    text::Umt5Encoder encoder(m_configs.text_encoder, at::kFloat);
    TRY(memory::check_weights(m_weights.text_encoder, encoder.blocks()));
    Transformer transformer(m_configs.transformer);
    TRY(memory::check_weights(m_weights.transformer, transformer.blocks()));
    VaeDecoder decoder(m_configs.vae);
    return memory::check_weights(m_weights.vae, decoder.blocks());
}

std::vector<std::int64_t> WanModel::latent_shape(const ClipSize& size, int batch) const
{
    const VaeConfig& vae = m_configs.vae;
    return {batch, vae.z_dim, (size.frames - 1) / vae.scale_factor_temporal + 1, size.height / vae.scale_factor_spatial,
            size.width / vae.scale_factor_spatial};
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

PromptTokens WanModel::longest_prompts(double guidance) const
{
    PromptTokens tokens{{kPromptEmbeds, std::vector<std::int32_t>(kTextRows, 0)}};
    if (guidance > 1) tokens[kNegativePromptEmbeds] = tokens[kPromptEmbeds];
    return tokens;
}

Result<Conditioning> WanModel::encode_text(const PromptTokens& tokens, const StageContext& context) const
{
    text::Umt5Encoder encoder(m_configs.text_encoder, context.dtype);
    const auto weights = context.sources->open(&m_weights.text_encoder, encoder.blocks());
    Conditioning conditioning;
    for (const auto& [name, ids] : tokens) {
        conditioning[name] = TRY(encoder.encode(ids, *weights, context.stop, context.progressed));
    }
    return conditioning;
}

Result<std::unique_ptr<Denoiser>> WanModel::load_denoiser(const Conditioning& conditioning, double guidance, const DenoisePlan&,
                                                          const StageContext& context) const
{
    return std::make_unique<WanDenoiser>(m_configs.transformer, &m_weights.transformer, conditioning, guidance, context);
}

Result<std::unique_ptr<FrameDecoder>> WanModel::load_decoder(const Tensor& latents, const VaePlan& how, const StageContext& context) const
{
    return WanFrameDecoder::create(m_configs.vae, &m_weights.vae, latents, how, context);
}

}  // namespace headroom::models::wan
