#include "core/runtime/runtime_store.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/files/message_text.h"
#include "core/runtime/output_file.h"

namespace headroom::runtime {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kStaging = "staging-";

bool is_tree_name(std::string_view name)
{
    return name.size() == 16 && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// The entries of the folder that are this program's, by their names.
std::vector<fs::path> own_entries(const fs::path& root)
{
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
        std::string name = it->path().filename().string();
        if (name.starts_with(kStaging)) name.erase(0, kStaging.size());
        if (is_tree_name(name) || name == "downloads") entries.push_back(it->path());
    }
    return entries;
}

std::int64_t size_of(const fs::path& path)
{
    std::error_code error;
    const auto size = fs::file_size(path, error);
    return error ? -1 : std::int64_t(size);
}

}  // namespace

bool has_files(const fs::path& dir, const PinnedWheel& wheel)
{
    return std::ranges::all_of(wheel.files, [&](const NeededFile& file) { return size_of(dir / file.name) == file.size_bytes; });
}

bool is_unpacked(const fs::path& staging, const PinnedWheel& wheel)
{
    std::error_code ignored;
    return fs::exists(staging / ".unpacked" / wheel.sha256, ignored) && has_files(staging, wheel);
}

RuntimeState inspect_runtime(const fs::path& root, const RuntimeManifest& manifest)
{
    RuntimeState state;
    const std::string name = manifest.tree_name();
    state.dir = root / name;
    std::error_code ignored;
    const bool there = fs::is_directory(state.dir, ignored);
    state.installed =
        there && std::ranges::all_of(manifest.wheels, [&](const PinnedWheel& wheel) { return has_files(state.dir, wheel); });
    state.damaged = there && !state.installed;
    for (const fs::path& entry : own_entries(root)) {
        if (is_tree_name(entry.filename().string()) && entry.filename() != name) state.others.push_back(entry);
    }
    if (state.installed) return state;
    std::int64_t largest = 0;
    for (const PinnedWheel& wheel : manifest.wheels) {
        if (is_unpacked(root / (std::string(kStaging) + name), wheel)) continue;
        const std::int64_t have = std::max<std::int64_t>(0, size_of(root / "downloads" / (wheel.file_name + ".part")));
        state.missing_download_bytes += std::max<std::int64_t>(0, wheel.size_bytes - have);
        state.missing_disk_bytes += wheel.unpacked_bytes();
        largest = std::max(largest, wheel.size_bytes - have);
    }
    state.missing_disk_bytes += largest;
    return state;
}

RuntimeLock::RuntimeLock(RuntimeLock&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}

RuntimeLock& RuntimeLock::operator=(RuntimeLock&& other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

RuntimeLock::~RuntimeLock()
{
    if (m_descriptor >= 0) ::close(m_descriptor);
}

Result<RuntimeLock> RuntimeLock::take(const fs::path& root)
{
    TRY(make_folder(root));
    const fs::path path = root / "lock";
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor < 0)
        return fail(ErrorCode::BadOutput, "the folder {} can't be written: {}", files::shown(root), files::system_message(errno));
    RuntimeLock lock(descriptor);
    struct stat held = {};
    struct stat named = {};
    // Whoever removed the runtime meanwhile took the file away under this descriptor.
    const bool locked = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && ::fstat(descriptor, &held) == 0 &&
                        ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino && held.st_dev == named.st_dev;
    if (!locked) {
        return fail(ErrorCode::BadOutput, "another Headroom is changing the GPU runtime in {}: wait until it has finished",
                    files::shown(root));
    }
    return lock;
}

Result<void> remove_others(const fs::path& root, const std::string& keep_name)
{
    for (const fs::path& entry : own_entries(root)) {
        if (keep_name.empty() || !entry.filename().string().ends_with(keep_name)) TRY(remove_tree(entry));
    }
    return {};
}

Result<void> remove_runtime(const fs::path& root)
{
    std::error_code ignored;
    if (!fs::exists(root, ignored)) return {};
    const RuntimeLock lock = TRY(RuntimeLock::take(root));
    TRY(remove_others(root, {}));
    TRY(remove_tree(root / "lock"));
    fs::remove(root, ignored);  // stays where something of the person's is in it
    return {};
}

}  // namespace headroom::runtime
