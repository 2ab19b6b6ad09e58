#include "core/engine/latent_file.h"

#include <cstring>

#include <ATen/ops/all.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>
#include <fmt/ranges.h>

#include "core/files/safetensors_file.h"
#include "core/files/safetensors_writer.h"
#include "core/media/output_path.h"

namespace headroom {

namespace {

constexpr const char* kTensorName = "latents";
constexpr const char* kSettingsKey = "headroom_settings";

Result<Tensor> latents_of(const files::SafetensorsFile& file)
{
    const std::string name = media::display_path(file.path());
    const files::TensorEntry* entry = file.find(kTensorName);
    if (!entry)
        return fail(ErrorCode::BadInput,
                    "{}: there is no tensor 'latents' in it; give a file that --latents-out or `headroom encode` wrote", name);
    if (entry->dtype != files::StoredDtype::F32 || entry->shape.size() != 5) {
        return fail(ErrorCode::BadInput, "{}: 'latents' must be float32 with five axes, but it is {} with shape [{}]", name,
                    files::stored_dtype_name(entry->dtype), fmt::join(entry->shape, ", "));
    }
    Tensor latents = at::empty(entry->shape, at::kFloat);
    if (!entry->bytes.empty()) std::memcpy(latents.mutable_data_ptr<float>(), entry->bytes.data(), entry->bytes.size());
    if (!at::isfinite(latents).all().item<bool>())
        return fail(ErrorCode::BadInput, "{}: 'latents' holds values that are not finite numbers", name);
    return latents;
}

}  // namespace

Result<LatentFile> read_latent_file(const std::filesystem::path& path)
{
    const auto file = TRY(files::SafetensorsFile::open(path, ErrorCode::BadInput));
    LatentFile read{TRY(latents_of(file)), std::nullopt};
    if (const auto found = file.metadata().find(kSettingsKey); found != file.metadata().end()) {
        // The latents are whole without them: settings that can't be read are no reason to lose a clip.
        if (auto settings = parse_clip_settings(found->second)) read.settings = std::move(*settings);
    }
    return read;
}

Result<Tensor> read_latents(const std::filesystem::path& path)
{
    return TRY(read_latent_file(path)).latents;
}

Result<void> write_latents(const std::filesystem::path& path, const Tensor& latents, const std::optional<ClipSettings>& settings)
{
    std::error_code error;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
    if (error) return fail(ErrorCode::BadOutput, "{}: the folder can't be made ({})", media::display_path(path), error.message());

    const Tensor stored = latents.to(at::kCPU, at::kFloat).contiguous();
    const auto* bytes = static_cast<const std::byte*>(stored.const_data_ptr());
    const files::TensorEntry entry{kTensorName, files::StoredDtype::F32, stored.sizes().vec(), {bytes, stored.nbytes()}};
    std::map<std::string, std::string> metadata;
    if (settings) metadata[kSettingsKey] = to_json(*settings);
    return files::write_safetensors(path, std::span(&entry, 1), metadata);
}

}  // namespace headroom
