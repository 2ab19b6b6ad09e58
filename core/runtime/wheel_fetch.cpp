#include "core/runtime/wheel_fetch.h"

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <vector>

#include "core/base/cancel.h"
#include "core/files/message_text.h"
#include "core/runtime/http_client.h"
#include "core/runtime/output_file.h"
#include "core/runtime/package_index.h"
#include "core/runtime/sha256.h"

namespace headroom::runtime {

namespace fs = std::filesystem;

namespace {

constexpr double kLongestWaitSeconds = 30;

/// Waits, unless the person stops it.
Result<void> wait(double seconds, const std::stop_token& stop)
{
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait_for(lock, stop, std::chrono::duration<double>(seconds), [] { return false; });
    return check_not_cancelled(stop);
}

/// `meter`: counts what was read; nothing where the bytes were counted before.
Result<std::string> checksum(const fs::path& path, const std::stop_token& stop, ProgressMeter* meter = nullptr)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(ErrorCode::BadInput, "{} can't be read", files::shown(path));
    std::vector<char> piece(std::size_t{1} << 20);
    Sha256 sum;
    while (file.read(piece.data(), std::streamsize(piece.size())) || file.gcount() > 0) {
        TRY(check_not_cancelled(stop));
        sum.add(std::as_bytes(std::span(piece).first(std::size_t(file.gcount()))));
        if (meter) meter->add(file.gcount());
    }
    if (file.bad()) return fail(ErrorCode::BadInput, "{} can't be read: the device fails", files::shown(path));
    return sum.hex();
}

/// The wheel's address, asked for anew at every try until it is known.
Result<std::string> find_wheel(const HttpClient& http, const PinnedWheel& wheel, const RuntimeSource& source,
                               const std::stop_token& stop)
{
    const HttpPage page = TRY(http.get_page(project_page_url(source.index_url, wheel.project), stop));
    const auto url = TRY(find_file_url(page.body, page.content_type, page.url, wheel.file_name));
    if (!url)
        return fail(ErrorCode::BadInput, "{} has no {}: give another --index-url, or a folder that has it", shown_url(page.url),
                    wheel.file_name);
    return *url;
}

/// One try, from where the part ends.
Result<HttpTransfer> transfer(const HttpClient& http, const std::string& url, OutputFile& part, const PinnedWheel& wheel,
                              ProgressMeter& meter, const std::stop_token& stop)
{
    HttpSink sink{.have_bytes = part.size_bytes(),
                  .restart = [&]() -> Result<void> {
                      meter.add(-part.size_bytes());
                      return part.clear();
                  },
                  .write = [&](std::span<const std::byte> bytes) -> Result<void> {
                      if (part.size_bytes() + std::int64_t(bytes.size()) > wheel.size_bytes) {
                          TRY(part.clear());
                          return fail(ErrorCode::BadInput,
                                      "{} is another file than the one that was pinned: it is larger than {} bytes",
                                      shown_url(url), wheel.size_bytes);
                      }
                      TRY(part.append(bytes));
                      meter.add(std::int64_t(bytes.size()));
                      return {};
                  }};
    return http.get_file(url, sink, stop);
}

/// Brings the part to its full size, trying again as long as it grows.
Result<void> complete_part(const HttpClient& http, OutputFile& part, const PinnedWheel& wheel, const RuntimeSource& source,
                           ProgressMeter& meter, const std::stop_token& stop)
{
    std::string url;
    int tries = 0;
    double wait_seconds = source.first_wait_seconds;
    while (part.size_bytes() < wheel.size_bytes) {
        const std::int64_t before = part.size_bytes();
        std::string why;
        if (url.empty()) {
            auto found = find_wheel(http, wheel, source, stop);
            if (!found && found.error().code == ErrorCode::Cancelled) return tl::unexpected(found.error());
            if (found)
                url = *found;
            else
                why = found.error().message;
        }
        if (!url.empty()) {
            const HttpTransfer ended = TRY(transfer(http, url, part, wheel, meter, stop));
            if (ended.end == HttpTransfer::End::Refused)
                return fail(ErrorCode::BadInput, "{} can't be fetched: {}", shown_url(url), ended.message);
            if (ended.end == HttpTransfer::End::Complete && part.size_bytes() < wheel.size_bytes)
                why = shown_url(url) + " ended early";
            if (ended.end == HttpTransfer::End::Interrupted)
                why = fmt::format("{} was interrupted: {}", shown_url(url), ended.message);
        }
        if (part.size_bytes() >= wheel.size_bytes) break;
        if (part.size_bytes() > before) {
            tries = 0;
            wait_seconds = source.first_wait_seconds;
        } else if (++tries >= source.tries) {
            return fail(ErrorCode::BadInput, "{}. What was fetched is kept: try again to go on", why);
        }
        meter.notice(why);
        TRY(wait(std::min(wait_seconds, kLongestWaitSeconds), stop));
        wait_seconds *= 2;
    }
    return part.sync();
}

}  // namespace

Result<void> fetch_wheel(const PinnedWheel& wheel, const RuntimeSource& source, const fs::path& path, ProgressMeter& meter,
                         std::stop_token stop)
{
    const HttpClient http(source.ca_bundle);
    OutputFile part = TRY(OutputFile::open(path));
    if (part.size_bytes() > wheel.size_bytes) TRY(part.clear());
    meter.add(part.size_bytes());
    for (int round = 0; round < 2; ++round) {
        TRY(complete_part(http, part, wheel, source, meter, stop));
        if (TRY(checksum(path, stop)) == wheel.sha256) return {};
        meter.notice(fmt::format("{} arrived damaged and is fetched anew", wheel.file_name));
        meter.add(-part.size_bytes());
        TRY(part.clear());
    }
    return fail(ErrorCode::BadInput, "the {} of {} is not the file that was pinned: its SHA-256 differs from {}", wheel.file_name,
                shown_url(source.index_url), wheel.sha256);
}

Result<void> check_wheel(const PinnedWheel& wheel, const fs::path& path, ProgressMeter& meter, std::stop_token stop)
{
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error)
        return fail(ErrorCode::BadInput, "{} is not in the folder {}: get it from a package index", wheel.file_name,
                    files::shown(path.parent_path()));
    if (std::int64_t(size) != wheel.size_bytes) {
        return fail(ErrorCode::BadInput, "{} is not the file that was pinned: it has {} bytes instead of {}", files::shown(path),
                    size, wheel.size_bytes);
    }
    if (TRY(checksum(path, stop, &meter)) != wheel.sha256) {
        return fail(ErrorCode::BadInput, "{} is not the file that was pinned: its SHA-256 differs from {}", files::shown(path),
                    wheel.sha256);
    }
    return {};
}

}  // namespace headroom::runtime
