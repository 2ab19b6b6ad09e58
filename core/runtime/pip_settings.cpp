#include "core/runtime/pip_settings.h"

#include <cstdlib>
#include <fstream>
#include <string_view>

namespace headroom::runtime {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSystemBundles[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                          "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// The value of a key in the sections that hold for downloads, as pip's INI files spell them.
std::optional<std::string> configured(const fs::path& file, std::string_view key)
{
    std::ifstream stream(file);
    std::string line;
    std::string section;
    std::optional<std::string> found;
    while (std::getline(stream, line)) {
        const std::string_view text = trimmed(line);
        if (text.empty() || text.front() == '#' || text.front() == ';') continue;
        if (text.front() == '[') {
            section = text.substr(1, text.find(']') - 1);
            continue;
        }
        const auto equals = text.find_first_of("=:");
        if (equals == std::string_view::npos || (section != "global" && section != "install" && section != "download")) continue;
        if (trimmed(text.substr(0, equals)) == key) found = std::string(trimmed(text.substr(equals + 1)));
    }
    return found;
}

}  // namespace

std::optional<std::string> process_environment(const char* name)
{
    const char* value = std::getenv(name);
    return value && *value ? std::optional<std::string>(value) : std::nullopt;
}

std::vector<fs::path> pip_configuration_files(const Environment& environment)
{
    std::vector<fs::path> files;
    if (const auto file = environment("PIP_CONFIG_FILE")) files.emplace_back(*file);
    if (const auto environment_dir = environment("VIRTUAL_ENV")) files.push_back(fs::path(*environment_dir) / "pip.conf");
    const auto home = environment("HOME");
    if (const auto config = environment("XDG_CONFIG_HOME")) {
        files.push_back(fs::path(*config) / "pip" / "pip.conf");
    } else if (home) {
        files.push_back(fs::path(*home) / ".config" / "pip" / "pip.conf");
    }
    if (home) files.push_back(fs::path(*home) / ".pip" / "pip.conf");
    files.emplace_back("/etc/xdg/pip/pip.conf");
    files.emplace_back("/etc/pip.conf");
    return files;
}

PipSettings read_pip_settings(const Environment& environment)
{
    PipSettings settings;
    settings.index_url = environment("PIP_INDEX_URL").value_or("");
    settings.ca_bundle = environment("PIP_CERT").value_or("");
    for (const fs::path& file : pip_configuration_files(environment)) {
        if (settings.index_url.empty()) settings.index_url = configured(file, "index-url").value_or("");
        if (settings.ca_bundle.empty()) settings.ca_bundle = configured(file, "cert").value_or("");
    }
    for (const char* name : {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}) {
        if (settings.ca_bundle.empty()) settings.ca_bundle = environment(name).value_or("");
    }
    std::error_code ignored;
    for (const char* bundle : kSystemBundles) {
        if (settings.ca_bundle.empty() && fs::exists(bundle, ignored)) settings.ca_bundle = bundle;
    }
    return settings;
}

}  // namespace headroom::runtime
