#include "core/engine/run_files.h"

#include <unistd.h>

#include "core/files/disk_space.h"
#include "core/files/open_file.h"
#include "core/media/output_path.h"

namespace headroom {

namespace {

constexpr std::int64_t kHeaderBytes = 64 * 1024;
constexpr std::int64_t kReportBytes = 64 * 1024;

tl::unexpected<Error> named_twice(const NamedFile& file, const std::string& other_option)
{
    return fail(ErrorCode::Usage, "{} and {} both name {}: give each a file of its own", file.option, other_option,
                media::display_path(file.path));
}

tl::unexpected<Error> would_replace(const char* option, const std::filesystem::path& path, const NamedFile& input)
{
    return fail(ErrorCode::Usage, "{} {} would be written over {}, which {} reads: choose another name", option,
                media::display_path(path), media::display_path(input.path), input.option);
}

Result<void> check_clip_apart(const std::filesystem::path& clip, const RunFiles& files)
{
    for (const NamedFile& input : files.inputs) {
        if (!input.path.empty() && media::is_part_of_clip(input.path, clip)) return would_replace("--output", clip, input);
    }
    for (const NamedFile& output : files.outputs) {
        if (!output.path.empty() && media::is_part_of_clip(output.path, clip)) return named_twice(output, "--output");
    }
    return {};
}

}  // namespace

Result<void> check_apart(const RunFiles& files)
{
    for (std::size_t i = 0; i < files.outputs.size(); ++i) {
        const NamedFile& output = files.outputs[i];
        if (output.path.empty()) continue;
        for (const NamedFile& input : files.inputs) {
            if (!input.path.empty() && media::is_part_of_clip(output.path, input.path))
                return would_replace(output.option.c_str(), output.path, input);
        }
        for (std::size_t other = 0; other < i; ++other) {
            const NamedFile& earlier = files.outputs[other];
            if (!earlier.path.empty() && media::is_same_file(output.path, earlier.path))
                return named_twice(output, earlier.option);
        }
    }
    for (int item = 1; !files.clip.empty() && item <= files.batch; ++item)
        TRY(check_clip_apart(media::numbered_output_path(files.clip, item), files));
    return {};
}

Result<void> check_clips(const OutputOptions& output, const media::VideoFormat& format, int frames, int batch)
{
    const auto overwrite = output.overwrite ? media::Overwrite::Yes : media::Overwrite::No;
    for (int item = 1; !output.path.empty() && item <= batch; ++item) {
        const auto path = media::numbered_output_path(output.path, item);
        TRY(media::check_output(path, format, std::int64_t(frames) * batch, overwrite));
    }
    return {};
}

Result<void> check_latents_out(const std::filesystem::path& path, std::int64_t size_bytes)
{
    if (path.empty()) return {};
    return files::check_writable_output(path, size_bytes + kHeaderBytes, files::Existing::Replace);
}

Result<void> check_report(const std::filesystem::path& path)
{
    if (path.empty()) return {};
    if (files::is_stream(path) && ::access(path.c_str(), W_OK) == 0) return {};
    return files::check_writable_output(path, kReportBytes, files::Existing::Replace);
}

}  // namespace headroom
