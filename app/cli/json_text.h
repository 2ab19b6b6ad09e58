#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace headroom::app {

/// JSON for people and scripts. Bytes of paths that are no UTF-8 become replacement characters.
inline std::string json_text(const nlohmann::ordered_json& json)
{
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace headroom::app
