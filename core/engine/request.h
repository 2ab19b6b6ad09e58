#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/memory/weight_plan.h"

namespace headroom {

/// The dtype a model computes in. `Auto`: bf16 on CUDA; on the CPU fp32 unless native bf16 was measured to be faster.
enum class ComputeDtype { Auto, Float32, BFloat16, Float16 };

/// How the passes with and without the prompt take turns.
enum class GuidanceOrder {
    Sequential,   ///< One whole pass after the other.
    Interleaved,  ///< Block by block: one load of a block serves both passes. The same bits as Sequential.
    Batched,      ///< Both as one batch.
};

/// How a VAE goes through a frame.
enum class VaeMethod {
    Whole,
    Strips,  ///< Horizontal bands with the receptive field's halo: equal to Whole.
    Tiles,   ///< Overlapping tiles, blended as diffusers does: changes pixels (≈).
};

/// Tiles in pixels; neighbours begin a stride apart and are blended where they overlap.
struct TileGeometry {
    int tile_width = 256;
    int tile_height = 256;
    int stride_width = 192;
    int stride_height = 192;

    bool operator==(const TileGeometry&) const = default;
};

/// Where a causal VAE's feature cache lies between chunks.
enum class CachePlace { Device, Host };

/// Whether a batch goes through the VAE one item at a time.
enum class Slicing { On, Off };

/// What the person decided; the rest is the planner's choice.
struct Pins {
    std::optional<memory::Residency> denoiser_residency;
    std::optional<int> resident_blocks;  ///< Of the denoiser, streamed.
    std::optional<memory::Residency> text_residency;
    std::optional<GuidanceOrder> guidance;
    std::optional<std::int64_t> token_rows;
    std::optional<int> head_groups;
    std::optional<VaeMethod> vae;
    std::optional<int> strips;
    std::optional<TileGeometry> tiles;
    std::optional<CachePlace> cache;
    std::optional<Slicing> slicing;
    std::optional<int> latents_per_chunk;  ///< 1 or 2.
};

/// Where and how to compute, the same for every verb.
struct ExecutionOptions {
    std::string device = "auto";  ///< "auto", "cpu" or "cuda:N".
    ComputeDtype dtype = ComputeDtype::Auto;
    std::optional<std::int64_t> budget_bytes;         ///< Left out: what is free less a margin.
    std::optional<std::int64_t> device_memory_bytes;  ///< Plans only: a card of this size that is not there.
    std::optional<std::int64_t> host_memory_bytes;    ///< Plans only: so much of the computer's memory is free, whatever is.
    Pins pins;
};

/// The file a clip goes to; the extension names the format (see core/media/video_writer.h).
struct OutputOptions {
    std::filesystem::path path;  ///< Empty: frames go to the listener only.
    bool overwrite = false;
    bool store_prompt = true;  ///< Whether the clip carries its prompts among its settings.
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
    std::map<std::string, double> extra;  ///< ModelInfo::extra_settings by key.
    std::optional<int> fps;
    std::uint64_t seed = 0;
    int batch = 1;
    std::filesystem::path latents_in;  ///< Initial noise instead of the seed's; empty: the seed's.
    /// Where the denoised, still normalised latents are written before the decode; empty: nowhere.
    std::filesystem::path latents_out;
    OutputOptions output;
    ExecutionOptions execution;
    std::filesystem::path report;  ///< Checked with the other outputs; written by the caller (run_report.h). Empty: none.
};

/// Latents of a file, decoded to frames.
struct DecodeRequest {
    std::filesystem::path model_dir;
    std::filesystem::path latents;
    std::optional<int> fps;
    OutputOptions output;
    ExecutionOptions execution;
    std::filesystem::path report;  ///< As of GenerateRequest.
};

/// Videos, encoded to a file of latents. Left-out numbers come from the videos.
struct EncodeRequest {
    std::filesystem::path model_dir;
    std::vector<std::filesystem::path> inputs;  ///< Videos or PNG sequences; several make a batch.
    std::filesystem::path latents_out;
    std::optional<int> frames;
    std::optional<int> width;   ///< Pixels.
    std::optional<int> height;  ///< Pixels.
    ExecutionOptions execution;
    std::filesystem::path report;  ///< As of GenerateRequest.
};

}  // namespace headroom
