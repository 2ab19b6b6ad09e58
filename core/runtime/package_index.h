#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace headroom::runtime {

/// The address of a project's page in an index: "https://host/simple/nvidia-cublas/".
std::string project_page_url(std::string_view index_url, std::string_view project);

/// The address of a file on a project's page of a simple package index, as JSON (PEP 691) or HTML (PEP 503); relative addresses
/// are taken from `page_url`. Nothing when the page does not name the file. Errors: BadInput, when it is JSON that can't be read.
Result<std::optional<std::string>> find_file_url(std::string_view page, std::string_view content_type, std::string_view page_url,
                                                 std::string_view file_name);

/// An address as it may stand in a message: without user name and password.
std::string shown_url(std::string_view url);

}  // namespace headroom::runtime
