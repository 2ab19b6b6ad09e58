#include "core/engine/forecasting.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <c10/core/InferenceMode.h>

#include "core/engine/denoising.h"
#include "core/engine/latent_preview.h"
#include "core/engine/pixels.h"
#include "core/memory/dry_run_weights.h"

namespace headroom {

namespace {

// The second step brings what is kept between steps, the third the scheduler's full order; likewise the chunks of a clip.
constexpr int kWalkedSteps = 3;
constexpr int kWalkedChunks = 3;
// LibTorch's CPU kernels make tensors of the plain numbers they compute with, in the computer's memory and thus unseen by a walk
// on meta: each a double and its copy in the dtype of the work, two numbers at most at a time.
constexpr std::int64_t kPlainNumbersBytes = 2 * (8 + 4);

Work work_of(const CountedWork& counted)
{
    return {counted.product_flops, counted.attention_flops, counted.convolution_flops, counted.moved_bytes};
}

/// The dry run of one stage.
class Forecasting {
public:
    Forecasting(const models::VideoModel& model, const StagePlan& how, const ForecastSubject& subject)
        : m_model(model),
          m_how(how),
          m_subject(subject),
          m_computed_on_host(how.weights.residency == memory::Residency::OnHost && subject.device != ImitatedDevice::Cpu),
          m_run(m_computed_on_host ? ImitatedDevice::Cpu : subject.device, subject.threads),
          m_sources(m_run, subject.dtype)
    {
        m_context.device = at::kMeta;
        m_context.dtype = subject.dtype;
        m_context.sources = &m_sources;
    }

    Result<StageForecast> run()
    {
        switch (m_how.stage) {
        case Stage::EncodeText: TRY(encode_text()); break;
        case Stage::Denoise: TRY(denoise()); break;
        case Stage::Decode: TRY(decode()); break;
        case Stage::Encode: TRY(encode()); break;
        }
        return m_computed_on_host ? moved_to_host(result()) : result();
    }

private:
    Result<void> encode_text()
    {
        const auto earlier = TRY(conditioning_before());
        const auto conditioning = TRY(m_model.encode_text(m_how.component, tokens().at(m_how.component), m_context));
        end_leg(1);
        return {};
    }

    Result<void> denoise()
    {
        const auto conditioning = TRY(conditioning_before());
        const auto scheduler = TRY(m_model.make_scheduler(m_subject.settings));
        Tensor latents = new_latents(m_model.noise_shape(m_subject.size, m_subject.batch));
        const std::size_t first = first_own_step(*scheduler);
        for (std::size_t step = 0; step < first; ++step)
            latents = scheduler->step(at::empty_like(latents), step, latents, draw_noise);
        begin_legs();
        const auto denoiser =
            TRY(m_model.load_denoiser(m_how.component, conditioning, m_subject.settings, m_how.denoise, m_context));
        const int steps = own_steps(*scheduler);
        const int walked = std::min(steps, kWalkedSteps);
        sampling::SchedulerState finished = scheduler->save_state();  // held as a run holds it, to go on from
        for (int step = 0; step < walked; ++step) {
            const auto show = [&](const Tensor& clean) { preview(clean); };
            latents = TRY(denoise_step(*denoiser, *scheduler, first + std::size_t(step), latents, show, draw_noise));
            finished = scheduler->save_state();
            end_leg(step + 1 < walked ? 1 : 1 + steps - walked);
        }
        return {};
    }

    static Tensor draw_noise(const Tensor& like) { return at::empty_like(like, at::TensorOptions().dtype(at::kFloat)); }

    /// From here on what is met belongs to the stage.
    void begin_legs()
    {
        m_run.restart_peak();
        m_counted = m_run.work();
    }

    bool is_own(double timestep) const { return m_model.denoiser_at(timestep, m_subject.settings) == m_how.component; }

    /// The first of the steps that this stage's component takes: the scheduler carries something from those before.
    std::size_t first_own_step(const sampling::Scheduler& scheduler) const
    {
        const auto& timesteps = scheduler.timesteps();
        const auto first = std::ranges::find_if(timesteps, [&](double timestep) { return is_own(timestep); });
        return first == timesteps.end() ? 0 : std::size_t(first - timesteps.begin());
    }

    /// How many of the steps this stage's component takes.
    int own_steps(const sampling::Scheduler& scheduler) const
    {
        return int(std::ranges::count_if(scheduler.timesteps(), [&](double timestep) { return is_own(timestep); }));
    }

    /// What the text encoders before this stage leave behind for it.
    Result<models::Conditioning> conditioning_before()
    {
        memory::DryRunWeightSources sources(m_run, m_subject.dtype);
        models::StageContext context = m_context;
        context.sources = &sources;
        models::Conditioning conditioning;
        const models::TextTokens all = tokens();
        for (const StagePlan& stage : m_model.chain()) {
            if (stage.stage != Stage::EncodeText || stage.component == m_how.component) break;
            conditioning.merge(TRY(m_model.encode_text(stage.component, all.at(stage.component), context)));
        }
        begin_legs();
        return conditioning;
    }

    void preview(const Tensor& clean_latents) const
    {
        const Tensor item = m_model.preview_latents(m_model.without_filling(clean_latents, m_subject.size), 0);
        const Tensor bytes = rgb_bytes(preview_rgb(item.select(1, 0), m_model.latent_rgb()));
    }

    Result<void> decode()
    {
        const bool is_sliced = m_how.vae.slicing == Slicing::On;
        const Tensor latents = new_latents(m_model.latent_shape(m_subject.size, m_subject.batch));
        const std::int64_t before = m_run.live_bytes();
        const auto decoder = TRY(m_model.load_decoder(is_sliced ? latents.narrow(0, 0, 1) : latents, m_how.vae, m_context));
        std::int64_t frames_left = m_subject.size.frames;
        const double items = is_sliced ? m_subject.batch : 1;
        for (int chunk = 0; chunk < kWalkedChunks && frames_left > 0; ++chunk) {
            std::int64_t frame_count = 0;
            {
                const auto frames = TRY(decoder->next());
                if (!frames) break;
                frame_count = frames->size(2);
                const Tensor bytes = copy_to_host(rgb_bytes(frames->narrow(0, 0, 1)));
            }
            const bool is_last_walked = chunk + 1 == kWalkedChunks;
            end_leg(items * (is_last_walked ? double(frames_left) / double(frame_count) : 1.0));
            frames_left -= frame_count;
            m_cache_bytes = m_run.live_bytes() - before;
        }
        return {};
    }

    Result<void> encode()
    {
        const bool is_sliced = m_how.vae.slicing == Slicing::On;
        const int side_by_side = is_sliced ? 1 : m_subject.batch;
        const double items = is_sliced ? m_subject.batch : 1;
        const Tensor finished = latents_on_host(m_subject.batch - side_by_side);
        const auto encoder = TRY(m_model.load_encoder(m_subject.size, side_by_side, m_how.vae, m_context));
        const std::int64_t before = m_run.live_bytes();
        const models::VaeTraits traits = m_model.vae_traits();
        const int later_chunk = m_how.vae.latents_per_chunk * traits.later_encoded_frames;
        int frames_left = m_subject.size.frames;
        for (int chunk = 0; chunk < kWalkedChunks && frames_left > 0; ++chunk) {
            const int frame_count = std::min(chunk == 0 ? traits.first_encoded_frames : later_chunk, frames_left);
            for (int frame = 0; frame < frame_count; ++frame) TRY(encoder->push(read_pixels(side_by_side)));
            const bool is_last_walked = chunk + 1 == kWalkedChunks;
            end_leg(items * (is_last_walked ? double(frames_left) / double(frame_count) : 1.0));
            frames_left -= frame_count;
        }
        m_cache_bytes = m_run.live_bytes() - before;
        const Tensor latents = TRY(encoder->finish());
        end_leg(items);
        return {};
    }

    /// Of clips that were encoded before.
    Tensor latents_on_host(int clips) const
    {
        const DryPlacement on_host(DryPlacement::Where::Host);
        return at::empty(m_model.latent_shape(m_subject.size, clips), at::TensorOptions().dtype(at::kFloat).device(at::kMeta));
    }

    /// A frame of each clip, as ClipInput gives it.
    Tensor read_pixels(int clips) const
    {
        const DryPlacement on_host(DryPlacement::Where::Host);
        const auto options = at::TensorOptions().dtype(at::kFloat).device(at::kMeta);
        std::vector<Tensor> pixels;
        for (int clip = 0; clip < clips; ++clip)
            pixels.push_back(at::empty({1, 3, 1, m_subject.size.height, m_subject.size.width}, options));
        return clips == 1 ? pixels.front() : at::cat(pixels);
    }

    models::TextTokens tokens() const
    {
        return m_subject.tokens.empty() ? m_model.longest_prompts(m_subject.settings) : m_subject.tokens;
    }

    static Tensor new_latents(const std::vector<std::int64_t>& shape)
    {
        return at::empty(shape, at::TensorOptions().dtype(at::kFloat).device(at::kMeta));
    }

    /// Counts what happened since the last leg `times` times.
    void end_leg(double times)
    {
        CountedWork work = m_run.work();
        const CountedWork until_now = work;
        m_work += ((work -= m_counted) *= times);
        m_counted = until_now;
        const auto& visits = m_sources.visits();
        for (; m_visits_counted < visits.size(); ++m_visits_counted) {
            m_loaded_bytes += times * double(m_sources.blocks()[visits[m_visits_counted].block].device_bytes);
        }
    }

    StageForecast result()
    {
        StageForecast forecast;
        forecast.stage = m_how.stage;
        forecast.component = m_how.component;
        forecast.denoise = m_how.denoise;
        forecast.vae = m_how.vae;
        double component_bytes = 0;
        for (const memory::DryBlock& block : m_sources.blocks()) {
            forecast.blocks.push_back({block.name, block.device_bytes, block.file_bytes});
            component_bytes += double(block.device_bytes);
        }
        const std::int64_t numbers_bytes = m_run.device() == ImitatedDevice::Cpu ? kPlainNumbersBytes : 0;
        for (const memory::DryVisit& visit : m_sources.visits())
            forecast.visits.push_back({visit.block, visit.other_peak_bytes + numbers_bytes});
        forecast.between_peak_bytes = m_sources.between_peak_bytes() + numbers_bytes;
        forecast.cache_bytes = m_cache_bytes;
        forecast.host_bytes = m_run.host_peak_bytes();
        forecast.work = work_of(m_work);
        forecast.block_loads = component_bytes > 0 ? m_loaded_bytes / component_bytes : 0;
        return forecast;
    }

    /// The same stage with everything in the computer's memory.
    static StageForecast moved_to_host(StageForecast forecast)
    {
        forecast.host_bytes = peak_bytes(forecast, {});
        forecast.between_peak_bytes = 0;
        for (BlockForecast& block : forecast.blocks) block.device_bytes = 0;
        for (Visit& visit : forecast.visits) visit.other_peak_bytes = 0;
        return forecast;
    }

    const models::VideoModel& m_model;
    const StagePlan& m_how;
    const ForecastSubject& m_subject;
    bool m_computed_on_host;
    DryRun m_run;
    memory::DryRunWeightSources m_sources;
    models::StageContext m_context;
    CountedWork m_counted;  ///< What the run had counted when the last leg ended.
    CountedWork m_work;
    std::size_t m_visits_counted = 0;
    double m_loaded_bytes = 0;
    std::int64_t m_cache_bytes = 0;
};

}  // namespace

Result<StageForecast> forecast_stage(const models::VideoModel& model, const StagePlan& how, const ForecastSubject& subject)
{
    const c10::InferenceMode inference;
    return Forecasting(model, how, subject).run();
}

}  // namespace headroom
