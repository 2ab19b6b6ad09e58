#include "core/engine/kept_latents.h"

#include <chrono>

#include <unistd.h>

#include "core/engine/latent_file.h"
#include "core/media/output_path.h"

namespace headroom {

namespace {

std::filesystem::path spare_path(const std::filesystem::path& state_dir)
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto stamp = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    return state_dir / "unfinished" / fmt::format("latents-{}-{}.safetensors", stamp, getpid());
}

}  // namespace

Error KeptLatents::with_place(Error error) const
{
    if (path.empty()) return error;
    error.message += fmt::format(". The latents are kept in {}: `headroom decode --latents` makes the clip from them",
                                 media::display_path(path));
    return error;
}

KeptLatents keep_latents(const Tensor& latents, const std::optional<ClipSettings>& settings, const std::filesystem::path& wanted,
                         const std::filesystem::path& state_dir, RunListener& listener)
{
    KeptLatents kept;
    if (!wanted.empty()) {
        const auto written = write_latents(wanted, latents, settings);
        if (written) return {wanted, false, {}};
        kept.missed = written.error();
    }
    const auto spare = spare_path(state_dir);
    if (const auto written = write_latents(spare, latents, settings); !written) {
        listener.noticed(fmt::format("The latents can't be kept while the run goes on: {}", written.error().message));
        return kept;
    }
    kept.path = spare;
    kept.is_spare = true;
    return kept;
}

}  // namespace headroom
