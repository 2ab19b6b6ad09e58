#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"

namespace headroom::media {

/// FFmpeg's words for a negative return code ("No space left on device").
std::string ffmpeg_message(int code);

/// Turns a return code of FFmpeg into a Result: negative is an error "PATH can't be written: what, words (what to do)".
Result<void> check_written(int code, const char* what, const std::filesystem::path& path);

/// The same for reading, as BadInput: "PATH can't be read: what, words".
Result<void> check_read(int code, const char* what, const std::filesystem::path& path);

/// A URL that FFmpeg takes as this local file and nothing else, whatever characters are in it.
std::string file_url(const std::filesystem::path& path);

/// Keeps FFmpeg and its codecs from writing to standard error, which belongs to the program's own sentences. Thread-safe.
void silence_ffmpeg();

}  // namespace headroom::media
