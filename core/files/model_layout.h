#pragma once

#include <filesystem>
#include <string>

namespace headroom::files {

/// The sentence for a path that is no model in the diffusers layout: what it seems to be instead (missing, a single checkpoint,
/// an original checkpoint's folder, one component, a folder of the Hugging Face cache) and what to give.
std::string why_no_model_folder(const std::filesystem::path& path);

}  // namespace headroom::files
