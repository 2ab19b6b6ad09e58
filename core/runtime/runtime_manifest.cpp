#include "core/runtime/runtime_manifest.h"

#include <algorithm>
#include <numeric>

#include <nlohmann/json.hpp>

#include "core/base/fingerprint.h"
#include "core/files/json_file.h"
#include "core/files/message_text.h"

namespace headroom::runtime {

namespace {

constexpr std::int64_t kLargestFile = std::int64_t{1} << 40;

bool is_sha256(const std::string& text)
{
    return text.size() == 64 &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// A relative path of plain parts: nothing that leads out of the folder it is put in.
bool stays_inside(const std::string& name)
{
    const std::filesystem::path path(name);
    return !name.empty() && path.is_relative() && path.has_filename() &&
           std::ranges::none_of(path, [](const auto& part) { return part == ".." || part == "." || part.empty(); });
}

std::string text_of(const nlohmann::json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t size_of(const nlohmann::json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : -1;
}

Result<PinnedWheel> read_wheel(const nlohmann::json& entry, const std::string& where)
{
    if (!entry.is_object()) return fail(ErrorCode::BadInput, "{}: every wheel is an object", where);
    PinnedWheel wheel{.project = text_of(entry, "project"),
                      .file_name = text_of(entry, "file"),
                      .sha256 = text_of(entry, "sha256"),
                      .size_bytes = size_of(entry, "size_bytes"),
                      .files = {}};
    if (wheel.project.empty() || !stays_inside(wheel.file_name) || wheel.file_name.find('/') != std::string::npos ||
        !is_sha256(wheel.sha256) || wheel.size_bytes <= 0 || wheel.size_bytes > kLargestFile) {
        return fail(ErrorCode::BadInput, "{}: the wheel {} needs project, file, sha256 and size_bytes", where,
                    files::in_quotes(wheel.file_name));
    }
    const auto files = entry.find("files");
    if (files == entry.end() || !files->is_object() || files->empty()) {
        return fail(ErrorCode::BadInput, "{}: the wheel {} has no files", where, files::in_quotes(wheel.file_name));
    }
    for (const auto& [name, size] : files->items()) {
        if (!stays_inside(name) || !size.is_number_integer() || size.get<std::int64_t>() < 0 ||
            size.get<std::int64_t>() > kLargestFile) {
            return fail(ErrorCode::BadInput, "{}: {} is no file name with a size", where, files::in_quotes(name));
        }
        wheel.files.push_back({name, size.get<std::int64_t>()});
    }
    return wheel;
}

}  // namespace

std::int64_t PinnedWheel::unpacked_bytes() const
{
    return std::accumulate(files.begin(), files.end(), std::int64_t{0},
                           [](std::int64_t sum, const NeededFile& file) { return sum + file.size_bytes; });
}

std::int64_t RuntimeManifest::download_bytes() const
{
    return std::accumulate(wheels.begin(), wheels.end(), std::int64_t{0},
                           [](std::int64_t sum, const PinnedWheel& wheel) { return sum + wheel.size_bytes; });
}

std::int64_t RuntimeManifest::unpacked_bytes() const
{
    return std::accumulate(wheels.begin(), wheels.end(), std::int64_t{0},
                           [](std::int64_t sum, const PinnedWheel& wheel) { return sum + wheel.unpacked_bytes(); });
}

std::string RuntimeManifest::tree_name() const
{
    Fingerprint fingerprint;
    for (const PinnedWheel& wheel : wheels) {
        fingerprint.add(wheel.sha256);
        for (const NeededFile& file : wheel.files) fingerprint.add(file.name);
    }
    return fingerprint.hex().substr(0, 16);
}

Result<RuntimeManifest> read_runtime_manifest(const std::filesystem::path& path)
{
    const nlohmann::json json = TRY(files::read_json_file(path, {}, ErrorCode::BadInput));
    const std::string where = files::shown(path);
    RuntimeManifest manifest{.title = text_of(json, "title"), .minimum_driver = text_of(json, "minimum_driver"), .wheels = {}};
    const auto wheels = json.find("wheels");
    if (!json.is_object() || wheels == json.end() || !wheels->is_array() || wheels->empty()) {
        return fail(ErrorCode::BadInput, "{}: there is no list 'wheels'", where);
    }
    for (const nlohmann::json& entry : *wheels) manifest.wheels.push_back(TRY(read_wheel(entry, where)));
    return manifest;
}

}  // namespace headroom::runtime
