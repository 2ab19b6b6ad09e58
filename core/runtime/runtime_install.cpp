#include "core/runtime/runtime_install.h"

#include <algorithm>

#include "core/base/byte_size.h"
#include "core/base/cancel.h"
#include "core/files/disk_space.h"
#include "core/files/message_text.h"
#include "core/files/open_file.h"
#include "core/runtime/output_file.h"
#include "core/runtime/runtime_store.h"
#include "core/runtime/wheel_fetch.h"
#include "core/runtime/wheel_unpack.h"

namespace headroom::runtime {

namespace fs = std::filesystem;

namespace {

Result<void> check_space(const fs::path& root, const RuntimeState& state, const RuntimeSource& source,
                         const RuntimeManifest& manifest)
{
    // Wheels of the person's own are unpacked from where they are.
    const std::int64_t needed =
        source.wheels_dir.empty() ? state.missing_disk_bytes : std::min(state.missing_disk_bytes, manifest.unpacked_bytes());
    const std::int64_t free = TRY(files::free_bytes(root));
    if (free >= needed) return {};
    return fail(ErrorCode::BadOutput, "the GPU runtime needs {} in {}, where {} are free: free space or choose another folder",
                format_byte_size(needed), files::shown(root), format_byte_size(free));
}

/// A wheel on this machine, whole and checked.
Result<fs::path> obtain(const PinnedWheel& wheel, int index, const RuntimeSource& source, const fs::path& root,
                        ProgressMeter& meter, const std::stop_token& stop)
{
    if (!source.wheels_dir.empty()) {
        const fs::path path = source.wheels_dir / wheel.file_name;
        meter.begin(RuntimeProgress::Step::Checking, wheel.file_name, index);
        TRY(check_wheel(wheel, path, meter, stop));
        return path;
    }
    const fs::path part = root / "downloads" / (wheel.file_name + ".part");
    TRY(make_folder(part.parent_path()));
    meter.begin(RuntimeProgress::Step::Fetching, wheel.file_name, index);
    TRY(fetch_wheel(wheel, source, part, meter, stop));
    return part;
}

/// Fetches what is missing into the staging folder, wheel by wheel.
Result<void> stage(const fs::path& staging, const RuntimeManifest& manifest, const RuntimeSource& source, const fs::path& root,
                   const RuntimeListener& listener, const std::stop_token& stop)
{
    ProgressMeter meter(listener, int(manifest.wheels.size()), manifest.download_bytes() + manifest.unpacked_bytes());
    for (std::size_t index = 0; index < manifest.wheels.size(); ++index) {
        const PinnedWheel& wheel = manifest.wheels[index];
        TRY(check_not_cancelled(stop));
        if (is_unpacked(staging, wheel)) {
            meter.add(wheel.size_bytes + wheel.unpacked_bytes());
            continue;
        }
        const fs::path path = TRY(obtain(wheel, int(index) + 1, source, root, meter, stop));
        meter.begin(RuntimeProgress::Step::Unpacking, wheel.file_name, int(index) + 1);
        TRY(unpack_wheel(
            path, wheel, staging, [&](std::int64_t bytes) { meter.add(bytes); }, stop));
        TRY(make_folder(staging / ".unpacked"));
        OutputFile mark = TRY(OutputFile::open(staging / ".unpacked" / wheel.sha256));
        TRY(mark.sync());
        if (source.wheels_dir.empty()) TRY(remove_tree(path));
    }
    return {};
}

/// The step that makes it the runtime: one rename.
Result<void> put_in_place(const fs::path& staging, const RuntimeState& state, const fs::path& root)
{
    if (state.damaged) TRY(remove_tree(state.dir));
    files::sync_folder(staging);
    std::error_code error;
    fs::rename(staging, state.dir, error);
    if (error) return fail(ErrorCode::BadOutput, "{} can't get its final name: {}", files::shown(staging), error.message());
    files::sync_folder(root);
    return {};
}

}  // namespace

Result<fs::path> install_runtime(const fs::path& root, const RuntimeManifest& manifest, const RuntimeSource& source,
                                 const RuntimeListener& listener, std::stop_token stop)
{
    if (source.index_url.empty() && source.wheels_dir.empty()) {
        return fail(ErrorCode::Usage,
                    "pip on this machine names no package index: give --index-url URL, or --from FOLDER with the wheels");
    }
    const RuntimeLock lock = TRY(RuntimeLock::take(root));
    const RuntimeState state = inspect_runtime(root, manifest);
    if (!state.installed) {
        TRY(check_space(root, state, source, manifest));
        const fs::path staging = root / ("staging-" + manifest.tree_name());
        TRY(make_folder(staging));
        TRY(stage(staging, manifest, source, root, listener, stop));
        TRY(put_in_place(staging, state, root));
    }
    TRY(remove_others(root, manifest.tree_name()));
    return state.dir;
}

}  // namespace headroom::runtime
