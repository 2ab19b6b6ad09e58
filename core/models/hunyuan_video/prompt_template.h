#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace headroom::models::hunyuan_video {

/// Tokens that the template puts before a prompt: their rows are cut off what the first text encoder makes of it.
inline constexpr std::size_t kTemplateTokens = 95;
/// Tokens that the first text encoder takes at most, the template's among them: the pipeline's max_sequence_length of 256 more.
inline constexpr std::size_t kPromptTokens = kTemplateTokens + 256;
/// Tokens that the second one takes at most.
inline constexpr std::size_t kClipTokens = 77;
/// Layers at the end of the first text encoder that are not run.
inline constexpr int kSkippedLayers = 2;

/// The text that the first encoder reads: an instruction to describe the prompt's video. Source: diffusers 0.42.1,
/// pipeline_hunyuan_video.py, DEFAULT_PROMPT_TEMPLATE.
std::string in_template(std::string_view prompt);

}  // namespace headroom::models::hunyuan_video
