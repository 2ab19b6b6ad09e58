// libFuzzer target: any bytes as the JSON files of a model folder: model_index.json, a component's config and a shard index.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>
#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"
#include "core/files/hub_cache.h"
#include "core/files/model_folder.h"
#include "core/files/weight_index.h"

using namespace headroom;
using namespace headroom::files;

namespace {

namespace fs = std::filesystem;

void demand(bool holds)
{
    if (!holds) std::abort();
}

template <typename T>
void check(const Result<T>& result)
{
    if (result) return;
    const Error& error = result.error();
    demand(error.code == ErrorCode::BadModel && !error.message.empty() && error.message.size() < 4000);
    for (const char letter : error.message) demand(static_cast<unsigned char>(letter) >= 0x20);
}

void write(const fs::path& path, std::string_view text)
{
    std::ofstream(path, std::ios::binary).write(text.data(), std::streamsize(text.size()));
}

void check_values(const nlohmann::json& config)
{
    for (const auto& item : config.items()) {
        const nlohmann::json object = {{"key", item.value()}};
        const JsonFields fields(object, "config.json");
        check(fields.boolean("key", false));
        check(fields.integer("key", 1, 0, 100));
        check(fields.positive_number("key", 1));
        check(fields.text("key", {}));
        check(fields.integers("key", {}, 0, 100));
    }
}

/// A folder with an empty component "vae", one for the whole run.
fs::path make_model_folder()
{
    const auto folder = fs::temp_directory_path() / ("headroom-fuzz-" + std::to_string(::getpid()));
    fs::create_directories(folder / "vae");
    write(folder / "vae" / "a.safetensors", std::string_view("\x02\0\0\0\0\0\0\0{}", 10));
    return folder;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const fs::path folder = make_model_folder();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    write(folder / "model_index.json", text);
    write(folder / "vae" / "config.json", text);
    write(folder / "vae" / "model.safetensors.index.json", text);

    const auto model = ModelFolder::open(folder);
    check(model);
    if (model) {
        for (const ComponentRef& component : model->components()) {
            demand(component.dir.parent_path() == folder && fs::is_directory(component.dir));
            const auto config = model->config(component.name);
            check(config);
            if (config) check_values(*config);
        }
    }
    check(WeightIndex::open(folder / "vae"));
    const FoundModel found = inspect_model(folder, "fuzz");
    demand(found.is_complete == found.problem.empty());
    return 0;
}
