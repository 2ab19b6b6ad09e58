#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/request.h"
#include "core/media/video_writer.h"

namespace headroom {

/// A file by the option that names it.
struct NamedFile {
    std::string option;  ///< "--latents-out"
    std::filesystem::path path;
};

/// The files of a run; empty paths are none.
struct RunFiles {
    std::vector<NamedFile> inputs;   ///< Clips and files of latents.
    std::vector<NamedFile> outputs;  ///< All but the clips.
    std::filesystem::path clip;      ///< As `--output` names it.
    int batch = 1;                   ///< So many clips, numbered.
};

/// Refuses an output that is also an input, and two outputs in one file. Errors: Usage, naming the file and both options.
Result<void> check_apart(const RunFiles& files);

/// Refuses clips that can't be written: their size and rate, the folder, what is there already, the room for all of them. frames:
/// of each of the `batch` clips, which are numbered. No path is fine. Errors: Usage, BadOutput.
Result<void> check_clips(const OutputOptions& output, const media::VideoFormat& format, int frames, int batch);

/// Refuses a file of latents that can't be written or for which the disk has no room; an older one will be replaced. size_bytes:
/// of the latents. An empty path is fine. Errors: BadOutput.
Result<void> check_latents_out(const std::filesystem::path& path, std::int64_t size_bytes);

/// The same for a report; pipes and devices are taken as they are. Errors: BadOutput.
Result<void> check_report(const std::filesystem::path& path);

}  // namespace headroom
