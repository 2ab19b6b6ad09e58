#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace headroom::runtime {

/// Looks a name up in the environment; nothing where it is not set or empty.
using Environment = std::function<std::optional<std::string>(const char* name)>;

/// The process's environment.
std::optional<std::string> process_environment(const char* name);

/// Where this person's pip gets packages from: the runtime is fetched from the same place.
struct PipSettings {
    std::string index_url;            ///< Empty where pip was told nothing and uses its own default.
    std::filesystem::path ca_bundle;  ///< Certificates to trust; empty: what the system trusts.
};

/// PIP_INDEX_URL and PIP_CERT, else `index-url` and `cert` of pip's configuration files, the person's before the machine's
/// (https://pip.pypa.io/en/stable/topics/configuration/). Certificates also by SSL_CERT_FILE and REQUESTS_CA_BUNDLE, else the
/// first bundle of the places where distributions keep one.
PipSettings read_pip_settings(const Environment& environment);

/// The files that read_pip_settings looks at, the one that wins first.
std::vector<std::filesystem::path> pip_configuration_files(const Environment& environment);

}  // namespace headroom::runtime
