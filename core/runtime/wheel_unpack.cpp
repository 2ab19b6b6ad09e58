#include "core/runtime/wheel_unpack.h"

#include <array>
#include <memory>
#include <set>

#include <archive.h>
#include <archive_entry.h>

#include "core/base/cancel.h"
#include "core/files/message_text.h"
#include "core/runtime/output_file.h"

namespace headroom::runtime {

namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

using Reader = std::unique_ptr<archive, decltype(&archive_read_free)>;

tl::unexpected<Error> unreadable(const std::filesystem::path& wheel, archive* reader)
{
    const char* why = archive_error_string(reader);
    return fail(ErrorCode::BadInput, "{} can't be unpacked: {}", files::shown(wheel), why ? why : "it is damaged");
}

Result<void> unpack_file(archive* reader, const std::filesystem::path& wheel, const NeededFile& needed,
                         const std::filesystem::path& target, const std::function<void(std::int64_t)>& on_bytes,
                         const std::stop_token& stop)
{
    TRY(make_folder(target.parent_path()));
    OutputFile output = TRY(OutputFile::open(target));
    TRY(output.clear());
    auto piece = std::make_unique<std::array<std::byte, kPiece>>();
    for (;;) {
        TRY(check_not_cancelled(stop));
        const la_ssize_t size = archive_read_data(reader, piece->data(), piece->size());
        if (size < 0) return unreadable(wheel, reader);
        if (size == 0) break;
        if (output.size_bytes() + size > needed.size_bytes) break;
        TRY(output.append(std::span(*piece).first(std::size_t(size))));
        on_bytes(size);
    }
    if (output.size_bytes() != needed.size_bytes) {
        return fail(ErrorCode::BadInput, "{} holds another {} than expected: its size is not {} bytes", files::shown(wheel),
                    needed.name, needed.size_bytes);
    }
    return output.sync();
}

}  // namespace

Result<void> unpack_wheel(const std::filesystem::path& wheel, const PinnedWheel& pinned, const std::filesystem::path& target_dir,
                          const std::function<void(std::int64_t)>& on_bytes, std::stop_token stop)
{
    const Reader reader(archive_read_new(), &archive_read_free);
    archive_read_support_format_zip_seekable(reader.get());
    if (archive_read_open_filename(reader.get(), wheel.c_str(), kPiece) != ARCHIVE_OK) return unreadable(wheel, reader.get());
    std::set<std::string> missing;
    for (const NeededFile& needed : pinned.files) missing.insert(needed.name);
    archive_entry* entry = nullptr;
    while (!missing.empty()) {
        TRY(check_not_cancelled(stop));
        const int status = archive_read_next_header(reader.get(), &entry);
        if (status == ARCHIVE_EOF) break;
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return unreadable(wheel, reader.get());
        const char* name = archive_entry_pathname(entry);
        if (!name || missing.erase(name) == 0) continue;
        for (const NeededFile& needed : pinned.files) {
            if (needed.name == name) TRY(unpack_file(reader.get(), wheel, needed, target_dir / needed.name, on_bytes, stop));
        }
    }
    if (!missing.empty()) return fail(ErrorCode::BadInput, "{} lacks {}", files::shown(wheel), *missing.begin());
    return {};
}

}  // namespace headroom::runtime
