#include "core/media/part_file.h"

#include <cerrno>
#include <cstdint>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

#include "core/media/ffmpeg_error.h"
#include "core/media/ffmpeg_ptr.h"
#include "core/media/output_path.h"

namespace headroom::media {

namespace {

class Descriptor {
public:
    Descriptor(const std::filesystem::path& path, int flags) : m_fd(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int get() const { return m_fd; }
    int close() { return m_fd < 0 ? 0 : ::close(std::exchange(m_fd, -1)); }

private:
    int m_fd = -1;
};

/// A file system that can't sync (EINVAL on some network mounts) is no reason to lose the clip.
int sync_file(int fd)
{
    return ::fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP ? 0 : AVERROR(errno);
}

}  // namespace

Result<void> PartFile::publish(const std::filesystem::path& final_path, Overwrite overwrite)
{
    {
        const Descriptor file(m_path, O_RDONLY);
        TRY(check_written(file.get() < 0 ? AVERROR(errno) : sync_file(file.get()), "bringing the file to the disk", final_path));
    }
    std::error_code error;
    if (overwrite == Overwrite::No && std::filesystem::exists(final_path, error)) {
        return fail(ErrorCode::BadOutput, "{} has appeared while the clip was made, and overwriting was not asked for",
                    display_path(final_path));
    }
    std::filesystem::rename(m_path, final_path, error);
    TRY(check_written(error ? AVERROR(error.value()) : 0, "giving the file its name", final_path));
    m_path.clear();
    const auto folder = final_path.parent_path();
    const Descriptor directory(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
    if (directory.get() >= 0) sync_file(directory.get());
    return {};
}

void PartFile::remove()
{
    std::error_code ignored;
    if (!m_path.empty()) std::filesystem::remove(m_path, ignored);
}

Result<void> write_whole_file(const std::filesystem::path& path, const void* bytes, std::size_t size_bytes)
{
    Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
    TRY(check_written(file.get() < 0 ? AVERROR(errno) : 0, "opening the file", path));
    const auto* position = static_cast<const std::uint8_t*>(bytes);
    while (size_bytes > 0) {
        const ssize_t written = ::write(file.get(), position, size_bytes);
        if (written < 0 && errno == EINTR) continue;
        TRY(check_written(written < 0 ? AVERROR(errno) : 0, "writing", path));
        position += written;
        size_bytes -= std::size_t(written);
    }
    return check_written(file.close() == 0 ? 0 : AVERROR(errno), "closing the file", path);
}

}  // namespace headroom::media
