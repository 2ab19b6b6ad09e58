#pragma once

#include <string>
#include <vector>

#include "core/engine/request.h"

namespace headroom::test {

/// A tiny model of a family with the request whose result is known: tests that must hold for every family run over all of them.
struct FamilyCase {
    std::string name;
    GenerateRequest request;  ///< On the CPU in float32, complete but for what the model's defaults give.
    std::string golden;       ///< Under tests/goldens: the reference's `latents` and `pixels` [frames, height, width, 3].
};

/// One case for each kind of model that has a folder below tests/goldens.
inline std::vector<FamilyCase> family_cases()
{
    const auto request = [](const char* folder, int width, int height, int steps, double guidance) {
        GenerateRequest request;
        request.model_dir = std::filesystem::path(HEADROOM_GOLDENS_DIR) / folder;
        request.prompt = "a red circle moving right on a blue background";
        request.negative_prompt = "cat";
        request.width = width;
        request.height = height;
        request.frames = 9;
        request.steps = steps;
        request.guidance = guidance;
        request.seed = 7;
        request.execution.device = "cpu";
        request.execution.dtype = ComputeDtype::Float32;
        return request;
    };
    std::vector<FamilyCase> cases{
        {"Wan 2.1", request("tiny_wan", 48, 32, 20, 5.0), "pipeline.safetensors"},
        {"Wan 2.2 A14B", request("tiny_wan22_a14b", 48, 32, 12, 4.0), "pipeline_wan22_a14b.safetensors"}};
    cases.back().request.extra["guidance_2"] = 3.0;
    cases.push_back({"Wan 2.2 TI2V", request("tiny_wan22_ti2v", 96, 64, 12, 5.0), "pipeline_wan22_ti2v.safetensors"});
    cases.push_back({"HunyuanVideo", request("tiny_hunyuan_video", 48, 32, 12, 6.0), "pipeline_hunyuan_video.safetensors"});
    cases.push_back({"HunyuanVideo, negative prompt", request("tiny_hunyuan_video", 48, 32, 8, 6.0),
                     "pipeline_hunyuan_video_negative.safetensors"});
    cases.back().request.frames = 25;
    cases.back().request.extra["true_guidance"] = 2.0;
    cases.push_back({"CogVideoX", request("tiny_cogvideox", 48, 32, 20, 6.0), "pipeline_cogvideox.safetensors"});
    cases.push_back({"CogVideoX 1.5", request("tiny_cogvideox_15", 48, 32, 12, 6.0), "pipeline_cogvideox_15.safetensors"});
    cases.push_back({"CogVideoX 1.5, dynamic guidance", request("tiny_cogvideox_15", 48, 32, 7, 6.0),
                     "pipeline_cogvideox_15_dynamic.safetensors"});
    cases.back().request.extra["dynamic_guidance"] = 1;
    cases.push_back(
        {"CogVideoX, 8 frames", request("tiny_cogvideox", 48, 32, 12, 6.0), "pipeline_cogvideox_8_frames.safetensors"});
    cases.back().request.frames = 8;
    cases.push_back(
        {"CogVideoX 1.5, 8 frames", request("tiny_cogvideox_15", 48, 32, 12, 6.0), "pipeline_cogvideox_15_8_frames.safetensors"});
    cases.back().request.frames = 8;
    return cases;
}

}  // namespace headroom::test
