#pragma once

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include <sys/mount.h>
#include <sys/resource.h>

namespace headroom::test {

/// Lets no file of this process grow beyond a size while it lives; a write then fails with EFBIG.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t size_bytes)
    {
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limit = {size_bytes, m_before.rlim_max};
        m_signal_before = std::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;
    ~FileSizeLimit()
    {
        ::setrlimit(RLIMIT_FSIZE, &m_before);
        std::signal(SIGXFSZ, m_signal_before);
    }

private:
    rlimit m_before = {};
    void (*m_signal_before)(int) = SIG_DFL;
};

/// A disk of a few hundred kilobytes over a folder, where the system lets this process mount one.
class SmallDisk {
public:
    explicit SmallDisk(std::filesystem::path folder, int size_kib = 256)
        : m_folder(std::move(folder)),
          m_is_mounted(::mount("tmpfs", m_folder.c_str(), "tmpfs", 0, ("size=" + std::to_string(size_kib) + "k").c_str()) == 0)
    {
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk()
    {
        if (m_is_mounted) ::umount2(m_folder.c_str(), MNT_DETACH);
    }
    bool is_mounted() const { return m_is_mounted; }

    /// Takes all the space that is left, as another program would; → the file that does, to be removed for room.
    std::filesystem::path fill() const
    {
        std::filesystem::path filler = m_folder / "filler";
        std::ofstream stream(filler, std::ios::binary);
        const std::string kibibyte(1024, 'x');
        while (stream.write(kibibyte.data(), std::streamsize(kibibyte.size())).flush()) {
        }
        return filler;
    }

private:
    std::filesystem::path m_folder;
    bool m_is_mounted;
};

}  // namespace headroom::test
