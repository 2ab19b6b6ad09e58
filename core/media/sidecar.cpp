#include "core/media/sidecar.h"

#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "core/media/output_path.h"

namespace headroom::media {

namespace {

constexpr std::uintmax_t kLargestSidecarBytes = std::uintmax_t{1} << 20;

std::string text_of(const nlohmann::json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

double rate_of(const nlohmann::json& object)
{
    const auto found = object.find("fps");
    const double fps = found != object.end() && found->is_number() ? found->get<double>() : 0;
    return std::isfinite(fps) && fps > 0 ? fps : 0;
}

}  // namespace

std::filesystem::path gif_sidecar_path(const std::filesystem::path& path)
{
    auto sidecar = path;
    sidecar += ".json";
    return sidecar;
}

std::string sidecar_text(const Sidecar& sidecar)
{
    const nlohmann::ordered_json object = {
        {"title", sidecar.metadata.title}, {"comment", sidecar.metadata.comment}, {"fps", sidecar.fps}};
    return object.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Result<std::optional<Sidecar>> read_sidecar(const std::filesystem::path& path)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
    const auto size_bytes = std::filesystem::file_size(path, error);
    if (error || size_bytes > kLargestSidecarBytes) {
        return fail(ErrorCode::BadInput, "{} is not a clip's settings: it is larger than {} bytes", display_path(path),
                    kLargestSidecarBytes);
    }
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const auto object = nlohmann::json::parse(text, nullptr, false);
    if (!object.is_object())
        return fail(ErrorCode::BadInput, "{} is not a clip's settings: it is damaged or not JSON", display_path(path));
    return Sidecar{{text_of(object, "title"), text_of(object, "comment")}, rate_of(object)};
}

}  // namespace headroom::media
