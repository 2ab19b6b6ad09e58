#pragma once

#include <filesystem>

#include "core/base/result.h"

namespace headroom::media {

enum class OutputKind { Mp4, Mkv, Gif, PngSequence };

/// What a path's extension asks for (any case). Errors: Usage for every other extension, naming the four that work; Usage for a
/// `.png` whose file name is not a frame pattern.
Result<OutputKind> output_kind(const std::filesystem::path& path);

/// The path of a batch's item, counted from 1: the first keeps the path, later ones get `-2`, `-3`, … before the extension
/// (`clip.mp4` → `clip-2.mp4`, `frame-%04d.png` → `frame-%04d-2.png`, which is a pattern again).
std::filesystem::path numbered_output_path(const std::filesystem::path& path, int item);

/// Where a clip is while it is written: `NAME.part` beside the final name.
std::filesystem::path part_path(const std::filesystem::path& path);

/// Where the completed file is made from the part: `NAME.final.part` beside the final name.
std::filesystem::path final_part_path(const std::filesystem::path& path);

/// Whether both lead to one file, be it there or not: links and ways around count as what they lead to.
bool is_same_file(const std::filesystem::path& one, const std::filesystem::path& other);

/// Whether the file belongs to the clip: is its file, one of a sequence's frames (`clip` is a pattern or a folder of frames) or
/// the settings beside it.
bool is_part_of_clip(const std::filesystem::path& file, const std::filesystem::path& clip);

/// A path for people and messages, as UTF-8.
std::string display_path(const std::filesystem::path& path);

}  // namespace headroom::media
