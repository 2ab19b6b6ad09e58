#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace headroom {

/// The dtype a model computes in. `Auto`: bf16 on CUDA; on the CPU fp32 unless native bf16 was measured to be faster.
enum class ComputeDtype { Auto, Float32, BFloat16, Float16 };

/// Where and how to compute, the same for every verb.
struct ExecutionOptions {
    std::string device = "auto";  ///< "auto", "cpu" or "cuda:N".
    ComputeDtype dtype = ComputeDtype::Auto;
    int latents_per_chunk = 0;  ///< Latent frames the decoder takes at once after the first: 1, 2, or 0 to let the plan choose.
};

/// The file a clip goes to; the extension names the format (see core/media/video_writer.h).
struct OutputOptions {
    std::filesystem::path path;  ///< Empty: frames go to the listener only.
    bool overwrite = false;
};

/// What to make. Left-out numbers come from the model's defaults; Engine::resolve fills them in and checks them.
struct GenerateRequest {
    std::filesystem::path model_dir;  ///< Empty: the demo model that ships with the program.
    std::string prompt;
    std::string negative_prompt;
    std::optional<int> width;   ///< Pixels.
    std::optional<int> height;  ///< Pixels.
    std::optional<int> frames;
    std::optional<int> steps;
    std::optional<double> guidance;
    std::optional<int> fps;
    std::uint64_t seed = 0;
    int batch = 1;
    std::filesystem::path latents_in;   ///< Initial noise instead of the seed's; empty: the seed's.
    std::filesystem::path latents_out;  ///< Where the denoised, still normalised latents are written before the decode; empty: nowhere.
    OutputOptions output;
    ExecutionOptions execution;
};

/// Latents of a file, decoded to frames.
struct DecodeRequest {
    std::filesystem::path model_dir;
    std::filesystem::path latents;
    std::optional<int> fps;
    OutputOptions output;
    ExecutionOptions execution;
};

}  // namespace headroom
