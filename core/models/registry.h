#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/files/model_folder.h"
#include "core/models/video_model.h"

namespace headroom::models {

/// A family of models: its folder below core/models knows everything about it, the list in registry.cpp is the only place that
/// names it.
struct ModelFamily {
    std::string_view pipeline_class;  ///< `_class_name` of the model_index.json that it runs: "WanPipeline".
    Result<std::unique_ptr<VideoModel>> (*open)(const files::ModelFolder& folder);
};

/// The pipeline classes that some family runs, for messages: "WanPipeline".
std::string supported_pipelines();

/// Whether open_model has a family for this pipeline class.
bool is_supported(std::string_view pipeline_class);

/// Opens a folder with the family its model_index.json asks for: reads and checks the configs, maps the weights.
/// Errors: BadModel (unknown pipeline class, unsupported component, damaged file).
Result<std::unique_ptr<VideoModel>> open_model(const files::ModelFolder& folder);

/// Opens a folder that holds a published model's index and configs but neither weights nor tokenizer: such a model can be
/// described and its runs can be forecast; running it is refused. Errors: as open_model's.
Result<std::unique_ptr<VideoModel>> open_catalog_model(const std::filesystem::path& dir);

}  // namespace headroom::models
