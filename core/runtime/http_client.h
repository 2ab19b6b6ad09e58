#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>

#include "core/base/result.h"

namespace headroom::runtime {

/// A page that was asked for.
struct HttpPage {
    std::string body;
    std::string content_type;
    std::string url;  ///< Where it came from in the end, after redirections.
};

/// Where the bytes of a file go.
struct HttpSink {
    std::int64_t have_bytes = 0;  ///< What is there already: the transfer is asked to go on from here.
    /// The server sends the file from its start all the same: what is there must go.
    std::function<Result<void>()> restart;
    std::function<Result<void>(std::span<const std::byte> bytes)> write;
};

/// How a transfer ended.
struct HttpTransfer {
    enum class End {
        Complete,
        Interrupted,  ///< Another try may go on: the connection broke, the server was busy.
        Refused,      ///< Another try would end the same: no such file, not allowed, no trusted certificate.
    };
    End end = End::Complete;
    std::string message;  ///< Why it did not complete.
};

/// Fetches by HTTP and HTTPS (libcurl), follows redirections, honours the proxy variables of the environment. One transfer at a
/// time.
class HttpClient {
public:
    /// `ca_bundle` empty: the certificates that libcurl trusts.
    explicit HttpClient(std::filesystem::path ca_bundle) : m_ca_bundle(std::move(ca_bundle)) {}

    /// A page of at most 64 MiB; asks for a package index's JSON, else HTML. Errors: BadInput (with the reason), Cancelled.
    Result<HttpPage> get_page(const std::string& url, std::stop_token stop) const;

    /// Gets a file from byte `sink.have_bytes` on (a Range request). Errors: what the sink returned; Cancelled.
    Result<HttpTransfer> get_file(const std::string& url, HttpSink& sink, std::stop_token stop) const;

private:
    std::filesystem::path m_ca_bundle;
};

}  // namespace headroom::runtime
