#include "core/runtime/http_client.h"

#include <charconv>
#include <memory>
#include <optional>
#include <string_view>

#include <curl/curl.h>
#include <strings.h>

#include "core/base/cancel.h"
#include "core/runtime/package_index.h"

namespace headroom::runtime {

namespace {

constexpr const char* kAcceptIndex =
    "Accept: application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";
constexpr long kConnectSeconds = 30;
constexpr long kStalledSeconds = 60;
constexpr std::size_t kLargestPage = std::size_t{64} << 20;

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

/// What the callbacks of one transfer share.
struct Transfer {
    CURL* easy = nullptr;
    std::stop_token stop;
    std::function<Result<void>(std::span<const std::byte>)> write;
    std::optional<Error> error = {};
    std::int64_t range_start = -1;  ///< Of the answer, from its Content-Range.
};

std::size_t take_bytes(char* data, std::size_t, std::size_t size, void* user)
{
    auto& transfer = *static_cast<Transfer*>(user);
    if (auto written = transfer.write(std::as_bytes(std::span(data, size))); !written) {
        transfer.error = std::move(written).error();
        return CURL_WRITEFUNC_ERROR;
    }
    return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* user)
{
    constexpr std::string_view kName = "content-range:";
    const std::string_view line(data, size);
    if (line.size() > kName.size() && strncasecmp(line.data(), kName.data(), kName.size()) == 0) {
        const auto digits = line.find_first_of("0123456789");
        if (digits != std::string_view::npos) {
            std::from_chars(line.data() + digits, line.data() + line.size(), static_cast<Transfer*>(user)->range_start);
        }
    }
    return size;
}

int watch_for_stop(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    return static_cast<Transfer*>(user)->stop.stop_requested() ? 1 : 0;
}

long response_code(CURL* easy)
{
    long code = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

void prepare(Transfer& transfer, const std::string& url, const std::filesystem::path& ca_bundle)
{
    CURL* easy = transfer.easy;
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 10L);
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, kStalledSeconds);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "headroom");
    if (!ca_bundle.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, ca_bundle.c_str());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &watch_for_stop);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &transfer);
}

bool is_hopeless(CURLcode code, long status)
{
    switch (code) {
    case CURLE_HTTP_RETURNED_ERROR: return status >= 400 && status < 500 && status != 408 && status != 429;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_LOGIN_DENIED: return true;
    default: return false;
    }
}

std::string reason(CURLcode code, long status)
{
    if (code == CURLE_HTTP_RETURNED_ERROR) return fmt::format("the server answered {}", status);
    std::string text = curl_easy_strerror(code);
    if (!text.empty()) text.front() = static_cast<char>(std::tolower(text.front()));
    return text;
}

}  // namespace

Result<HttpPage> HttpClient::get_page(const std::string& url, std::stop_token stop) const
{
    const Easy easy(curl_easy_init(), &curl_easy_cleanup);
    if (!easy) return fail(ErrorCode::OutOfMemory, "no memory to ask {}", shown_url(url));
    HttpPage page;
    Transfer transfer{.easy = easy.get(), .stop = stop, .write = [&](std::span<const std::byte> bytes) -> Result<void> {
                          if (page.body.size() + bytes.size() > kLargestPage)
                              return fail(ErrorCode::BadInput, "{} is no page of a package index: it is over 64 MiB",
                                          shown_url(url));
                          page.body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                          return {};
                      }};
    prepare(transfer, url, m_ca_bundle);
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(curl_slist_append(nullptr, kAcceptIndex),
                                                                              &curl_slist_free_all);
    curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(easy.get(), CURLOPT_ACCEPT_ENCODING, "");
    const CURLcode code = curl_easy_perform(easy.get());
    TRY(check_not_cancelled(stop));
    if (transfer.error) return tl::unexpected(*std::move(transfer.error));
    if (code != CURLE_OK)
        return fail(ErrorCode::BadInput, "{} can't be read: {}", shown_url(url), reason(code, response_code(easy.get())));
    const char* text = nullptr;
    if (curl_easy_getinfo(easy.get(), CURLINFO_CONTENT_TYPE, &text) == CURLE_OK && text) page.content_type = text;
    if (curl_easy_getinfo(easy.get(), CURLINFO_EFFECTIVE_URL, &text) == CURLE_OK && text) page.url = text;
    return page;
}

Result<HttpTransfer> HttpClient::get_file(const std::string& url, HttpSink& sink, std::stop_token stop) const
{
    const Easy easy(curl_easy_init(), &curl_easy_cleanup);
    if (!easy) return fail(ErrorCode::OutOfMemory, "no memory to ask {}", shown_url(url));
    bool started = false;
    Transfer transfer{.easy = easy.get(), .stop = stop, .write = {}};
    transfer.write = [&](std::span<const std::byte> bytes) -> Result<void> {
        if (!std::exchange(started, true) && sink.have_bytes > 0) {
            const bool goes_on = response_code(easy.get()) == 206 && transfer.range_start == sink.have_bytes;
            if (!goes_on && response_code(easy.get()) == 206)
                return fail(ErrorCode::BadInput, "{} can't be read: the server sent another part than it was asked for",
                            shown_url(url));
            if (!goes_on) TRY(sink.restart());
        }
        return sink.write(bytes);
    };
    prepare(transfer, url, m_ca_bundle);
    const std::string range = fmt::format("{}-", sink.have_bytes);
    if (sink.have_bytes > 0) curl_easy_setopt(easy.get(), CURLOPT_RANGE, range.c_str());
    const CURLcode code = curl_easy_perform(easy.get());
    TRY(check_not_cancelled(stop));
    if (transfer.error) return tl::unexpected(*std::move(transfer.error));
    if (code == CURLE_OK) return HttpTransfer{};
    const long status = response_code(easy.get());
    if (status == 416 && sink.have_bytes > 0) {  // What is there is no beginning of that file.
        TRY(sink.restart());
        return HttpTransfer{HttpTransfer::End::Interrupted, reason(code, status)};
    }
    return HttpTransfer{is_hopeless(code, status) ? HttpTransfer::End::Refused : HttpTransfer::End::Interrupted,
                        reason(code, status)};
}

}  // namespace headroom::runtime
