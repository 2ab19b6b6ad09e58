#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QTemporaryDir>

#include "core/media/video_reader.h"
#include "core/media/video_writer.h"

namespace headroom::media::test {

/// A picture with gradients, noise and a moving block, different for each frame number.
inline RgbFrame busy_frame(int width, int height, int number)
{
    RgbFrame frame{width, height, std::vector<std::uint8_t>(std::size_t(width) * height * 3)};
    unsigned state = 12345u + unsigned(number) * 977u;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            state = state * 1664525u + 1013904223u;
            std::uint8_t* pixel = &frame.pixels[(std::size_t(y) * width + x) * 3];
            pixel[0] = std::uint8_t(x * 255 / width);
            pixel[1] = std::uint8_t(y * 255 / height);
            pixel[2] = std::uint8_t(state >> 24);
            if (std::abs(x - (number * 3) % width) < 4) pixel[0] = pixel[1] = pixel[2] = 255;
        }
    }
    return frame;
}

inline std::vector<RgbFrame> busy_clip(int width, int height, int frames)
{
    std::vector<RgbFrame> clip;
    for (int i = 0; i < frames; ++i) clip.push_back(busy_frame(width, height, i));
    return clip;
}

/// Writes a whole clip; the error's message, or "" when all went well.
inline std::string write_clip(const std::filesystem::path& path, const std::vector<RgbFrame>& clip, int fps,
                              const ClipMetadata& metadata = {}, Overwrite overwrite = Overwrite::No)
{
    auto writer = open_frame_writer(path, {clip.front().width, clip.front().height, fps}, metadata, overwrite);
    if (!writer) return writer.error().message;
    for (const RgbFrame& frame : clip) {
        if (auto written = (*writer)->write(frame); !written) return written.error().message;
    }
    auto finished = (*writer)->finish();
    return finished ? "" : finished.error().message;
}

struct ReadClip {
    ClipInfo info;
    std::vector<RgbFrame> frames;
    std::string error;
};

inline ReadClip read_clip(const std::filesystem::path& path)
{
    ReadClip clip;
    auto reader = VideoReader::open(path);
    if (!reader) return {{}, {}, reader.error().message};
    clip.info = reader->info();
    for (;;) {
        auto frame = reader->next();
        if (!frame) clip.error = frame.error().message;
        if (!frame || !*frame) return clip;
        clip.frames.push_back(std::move(**frame));
    }
}

/// The largest difference of any channel, or 256 when the sizes differ.
inline int largest_difference(const RgbFrame& a, const RgbFrame& b)
{
    if (a.width != b.width || a.height != b.height || a.pixels.size() != b.pixels.size()) return 256;
    int largest = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) largest = std::max(largest, std::abs(int(a.pixels[i]) - int(b.pixels[i])));
    return largest;
}

inline QStringList files_in(const QTemporaryDir& folder)
{
    return QDir(folder.path()).entryList(QDir::Files | QDir::Hidden, QDir::Name);
}

inline std::filesystem::path in_folder(const QTemporaryDir& folder, const char* name)
{
    return std::filesystem::path(folder.path().toStdString()) / name;
}

inline QByteArray run_tool(const QString& program, const QStringList& arguments)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished(30'000) || process.exitCode() != 0) return {};
    return process.readAllStandardOutput();
}

/// What ffprobe, the independent judge, says of a file: {"format": …, "streams": […]}.
inline QJsonObject probe(const std::filesystem::path& path)
{
    const QStringList arguments{
        "-v", "error", "-of", "json", "-count_frames", "-show_format", "-show_streams", QString::fromStdString(path.string())};
    return QJsonDocument::fromJson(run_tool("ffprobe", arguments)).object();
}

/// All frames as ffmpeg decodes them to rgb24; `filter` picks how it converts.
inline QByteArray decode_with_ffmpeg(const std::filesystem::path& path, const QString& filter = "null")
{
    return run_tool("ffmpeg", {"-v", "error", "-i", QString::fromStdString(path.string()), "-vf", filter, "-f", "rawvideo",
                               "-pix_fmt", "rgb24", "-"});
}

}  // namespace headroom::media::test
