#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "core/base/result.h"
#include "core/runtime/runtime_manifest.h"

namespace headroom::runtime {

/// What an installation is doing.
struct RuntimeProgress {
    enum class Step {
        Fetching,
        Checking,
        Unpacking,
    };
    Step step = Step::Fetching;
    std::string file_name;  ///< The wheel.
    int wheel = 0;          ///< Counted from 1.
    int wheels = 0;
    std::int64_t done_bytes = 0;  ///< Of everything there is to fetch and to unpack.
    std::int64_t total_bytes = 0;
    std::string notice;  ///< Why a transfer is tried again; empty otherwise.
};

/// Hears of progress on the thread that installs, some ten times a second and at every step.
using RuntimeListener = std::function<void(const RuntimeProgress& progress)>;

/// Where the wheels come from, and how patiently.
struct RuntimeSource {
    std::string index_url;             ///< A simple package index; ignored where wheels_dir is given.
    std::filesystem::path wheels_dir;  ///< A folder that has the wheels already; they are left as they are.
    std::filesystem::path ca_bundle;   ///< Certificates to trust; empty: libcurl's.
    int tries = 6;                     ///< Of a transfer without a byte of progress, before it is given up.
    double first_wait_seconds = 1;     ///< Before the second try; doubles each time.
};

/// Brings the manifest's runtime into the folder: each wheel is fetched (going on where an earlier run stopped), held against its
/// checksum, unpacked as far as it is needed and thrown away; when everything is there it gets its final name in one step, and
/// older runtimes are removed. Whatever interrupts it leaves what was installed before as it was, and what was fetched for the
/// next try. Returns the runtime's folder; at once when it is there already. Errors: Usage without a source; BadInput for a wheel
/// that can't be had or has another checksum; BadOutput for a disk that is full or a second installation at the same time;
/// Cancelled.
Result<std::filesystem::path> install_runtime(const std::filesystem::path& root, const RuntimeManifest& manifest,
                                              const RuntimeSource& source, const RuntimeListener& listener, std::stop_token stop);

}  // namespace headroom::runtime
