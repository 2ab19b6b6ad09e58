#include <chrono>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "app/cli/json_text.h"
#include "app/cli/option_checks.h"
#include "app/cli/verb.h"
#include "app/paths.h"
#include "app/version.h"
#include "core/base/byte_size.h"
#include "core/runtime/nvidia_driver.h"
#include "core/runtime/pip_settings.h"
#include "core/runtime/runtime_install.h"
#include "core/runtime/runtime_manifest.h"
#include "core/runtime/runtime_place.h"
#include "core/runtime/runtime_store.h"

namespace headroom::app {

namespace {

using namespace runtime;
namespace fs = std::filesystem;

const char* step_text(RuntimeProgress::Step step)
{
    switch (step) {
    case RuntimeProgress::Step::Fetching: return "Fetching";
    case RuntimeProgress::Step::Checking: return "Checking";
    case RuntimeProgress::Step::Unpacking: return "Unpacking";
    }
    return "";
}

/// Prints progress: one line that is rewritten on a terminal, else a line for each step.
class InstallPrinter {
public:
    explicit InstallPrinter(bool quiet) : m_quiet(quiet), m_terminal(isatty(STDERR_FILENO) != 0) {}

    void operator()(const RuntimeProgress& progress)
    {
        if (m_quiet) return;
        if (!progress.notice.empty()) {
            fmt::print(stderr, "{}{}; trying again\n", m_terminal ? "\r\x1b[K" : "", progress.notice);
        } else if (m_terminal) {
            fmt::print(stderr, "\r\x1b[K{} {} of {} ({} %): {}", step_text(progress.step), progress.wheel, progress.wheels,
                       progress.total_bytes > 0 ? progress.done_bytes * 100 / progress.total_bytes : 100, progress.file_name);
        } else if (progress.step != m_step || progress.wheel != m_wheel) {
            fmt::print(stderr, "{} {} of {}: {}\n", step_text(progress.step), progress.wheel, progress.wheels,
                       progress.file_name);
        }
        m_step = progress.step;
        m_wheel = progress.wheel;
        std::fflush(stderr);
    }
    void finish() const
    {
        if (!m_quiet && m_terminal && m_wheel > 0) fmt::print(stderr, "\r\x1b[K");
    }

private:
    bool m_quiet;
    bool m_terminal;
    RuntimeProgress::Step m_step = RuntimeProgress::Step::Fetching;
    int m_wheel = 0;
};

void print_status(const RuntimeManifest& manifest, const RuntimeState& state, const NvidiaFacts& nvidia)
{
    if (!nvidia.has_card()) {
        fmt::print("Card:    no NVIDIA card was found; Headroom computes on the processor\n");
    }
    for (const std::string& card : nvidia.cards) fmt::print("Card:    {}\n", card);
    if (nvidia.driver.empty()) {
        fmt::print("Driver:  not installed (needed: NVIDIA driver {} or later)\n", manifest.minimum_driver);
    } else {
        fmt::print("Driver:  {}{}\n", nvidia.driver,
                   is_at_least(nvidia.driver, manifest.minimum_driver)
                       ? ""
                       : fmt::format(", too old: {} or later is needed", manifest.minimum_driver));
    }
    fmt::print("Runtime: {}, ", manifest.title);
    if (state.installed) {
        fmt::print("installed in {} ({})\n", state.dir.string(), format_byte_size(manifest.unpacked_bytes()));
    } else {
        fmt::print("{} in {}\n         {} to fetch, {} on the disk, {} while it is being installed\n",
                   state.damaged ? "damaged" : "not installed", state.dir.parent_path().string(),
                   format_byte_size(state.missing_download_bytes), format_byte_size(manifest.unpacked_bytes()),
                   format_byte_size(state.missing_disk_bytes));
    }
}

nlohmann::ordered_json status_json(const RuntimeManifest& manifest, const RuntimeState& state, const NvidiaFacts& nvidia)
{
    return {{"cards", nvidia.cards},
            {"driver", nvidia.driver},
            {"minimum_driver", manifest.minimum_driver},
            {"runtime", manifest.title},
            {"installed", state.installed},
            {"damaged", state.damaged},
            {"folder", state.dir.string()},
            {"download_bytes", state.missing_download_bytes},
            {"unpacked_bytes", manifest.unpacked_bytes()},
            {"disk_bytes", state.missing_disk_bytes}};
}

class RuntimeVerb final : public Verb {
public:
    explicit RuntimeVerb(CLI::App& app)
    {
        CLI::App* verb = app.add_subcommand("runtime", "Fetch, show or remove what an NVIDIA card needs to compute");
        verb->require_subcommand(1);
        m_install = verb->add_subcommand("install", "Fetch the GPU runtime, or unpack it from wheels you have");
        m_install->add_option("--index-url", m_index_url, "Python package index to fetch from (default: pip's)")
            ->type_name("URL");
        m_install->add_option("--from", m_wheels_dir, "folder that has the wheels already")->type_name("DIR")->check(file_name());
        m_install->add_option("--folder", m_folder, "put it into a folder of its own below this one, and remember that")
            ->type_name("DIR")
            ->check(file_name());
        m_status = verb->add_subcommand("status", "Show card, driver and GPU runtime");
        m_status->add_flag("--json", m_json, "print JSON");
        m_remove = verb->add_subcommand("remove", "Remove the GPU runtime and unfinished downloads");
        for (CLI::App* each : {m_install, m_status, m_remove})
            each->add_flag("--quiet", m_quiet, "nothing but errors on standard error");
    }

    Result<void> run(Engine&, std::stop_token stop) override
    {
        const fs::path root = m_folder.empty() ? runtime_folder(process_environment) : runtime_folder_below(m_folder);
        const RuntimeManifest manifest = TRY(read_runtime_manifest(gpu_runtime_manifest()));
        if (m_install->parsed()) return install(root, manifest, stop);
        if (m_remove->parsed()) return remove(root);
        const RuntimeState state = inspect_runtime(root, manifest);
        if (m_json) {
            fmt::print("{}\n", json_text(status_json(manifest, state, find_nvidia())));
        } else if (!m_quiet) {
            print_status(manifest, state, find_nvidia());
        }
        return {};
    }

private:
    Result<void> install(const fs::path& root, const RuntimeManifest& manifest, const std::stop_token& stop) const
    {
        const PipSettings pip = read_pip_settings(process_environment);
        RuntimeSource source{.index_url = !m_index_url.empty()     ? m_index_url
                                          : !pip.index_url.empty() ? pip.index_url
                                                                   : kPackageIndex,
                             .wheels_dir = m_wheels_dir,
                             .ca_bundle = pip.ca_bundle};
        InstallPrinter printer(m_quiet);
        const auto installed = install_runtime(
            root, manifest, source, [&](const RuntimeProgress& progress) { printer(progress); }, stop);
        printer.finish();
        if (!installed) return tl::unexpected(installed.error());
        if (!m_folder.empty()) TRY(remember_runtime_folder(process_environment, root));
        if (!m_quiet) fmt::print("The GPU runtime is in {}\n", installed->string());
        return {};
    }

    Result<void> remove(const fs::path& root) const
    {
        TRY(remove_runtime(root));
        if (!m_quiet) fmt::print("There is no GPU runtime in {} any more\n", root.string());
        return {};
    }

    CLI::App* m_install = nullptr;
    CLI::App* m_status = nullptr;
    CLI::App* m_remove = nullptr;
    std::string m_index_url;
    std::string m_wheels_dir;
    std::string m_folder;
    bool m_json = false;
    bool m_quiet = false;
};

}  // namespace

std::unique_ptr<Verb> make_runtime_verb(CLI::App& app)
{
    return std::make_unique<RuntimeVerb>(app);
}

}  // namespace headroom::app
