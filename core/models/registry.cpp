#include "core/models/registry.h"

#include <algorithm>
#include <array>

#include "core/models/cogvideox/family.h"
#include "core/models/hunyuan_video/family.h"
#include "core/models/wan/family.h"

namespace headroom::models {

namespace {

const std::array kFamilies = {wan::family(), hunyuan_video::family(), cogvideox::family()};

}  // namespace

std::string supported_pipelines()
{
    std::string names;
    for (const ModelFamily& family : kFamilies) {
        if (!names.empty()) names += ", ";
        names += family.pipeline_class;
    }
    return names;
}

bool is_supported(std::string_view pipeline_class)
{
    return std::ranges::any_of(kFamilies, [&](const ModelFamily& family) { return family.pipeline_class == pipeline_class; });
}

Result<std::unique_ptr<VideoModel>> open_model(const files::ModelFolder& folder)
{
    for (const ModelFamily& family : kFamilies) {
        if (family.pipeline_class == folder.pipeline_class()) return family.open(folder);
    }
    return fail(ErrorCode::BadModel, "{}: the pipeline class '{}' is not supported; this version runs {}",
                (folder.path() / "model_index.json").string(), folder.pipeline_class(), supported_pipelines());
}

Result<std::unique_ptr<VideoModel>> open_catalog_model(const std::filesystem::path& dir)
{
    return open_model(TRY(files::ModelFolder::open(dir, files::FolderContents::ConfigsOnly)));
}

}  // namespace headroom::models
