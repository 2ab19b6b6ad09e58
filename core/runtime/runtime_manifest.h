#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace headroom::runtime {

/// A file of a wheel that the runtime needs, by its name in the wheel, which is also its place in the runtime's folder.
struct NeededFile {
    std::string name;  ///< "torch/lib/libtorch_cuda.so"
    std::int64_t size_bytes = 0;
};

/// A Python wheel, pinned: no other file than the one with this checksum is ever unpacked.
struct PinnedWheel {
    std::string project;    ///< As the index names it: "nvidia-cublas".
    std::string file_name;  ///< "nvidia_cublas-13.1.0.3-py3-none-manylinux_2_27_x86_64.whl"
    std::string sha256;     ///< 64 lower-case hexadecimal digits.
    std::int64_t size_bytes = 0;
    std::vector<NeededFile> files;

    std::int64_t unpacked_bytes() const;
};

/// What the GPU runtime consists of (resources/gpu_runtime.json).
struct RuntimeManifest {
    std::string title;           ///< "CUDA 13.0 for LibTorch 2.11.0"
    std::string minimum_driver;  ///< "580.65.06"
    std::vector<PinnedWheel> wheels;

    std::int64_t download_bytes() const;
    std::int64_t unpacked_bytes() const;

    /// A name for exactly this content, 16 hexadecimal digits: the folder of the unpacked runtime. Another set of wheels or files
    /// has another.
    std::string tree_name() const;
};

/// Reads a manifest. Errors: BadInput, when it is no such JSON, a checksum is none, or a file name would lead out of the
/// runtime's folder.
Result<RuntimeManifest> read_runtime_manifest(const std::filesystem::path& path);

}  // namespace headroom::runtime
