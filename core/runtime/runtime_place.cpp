#include "core/runtime/runtime_place.h"

#include <fstream>

#include "core/files/message_text.h"
#include "core/files/part_file.h"
#include "core/runtime/output_file.h"

namespace headroom::runtime {

namespace fs = std::filesystem;

namespace {

fs::path below_home(const Environment& environment, const char* variable, const char* otherwise)
{
    if (const auto dir = environment(variable)) return *dir;
    return fs::path(environment("HOME").value_or(fs::temp_directory_path().string())) / otherwise;
}

fs::path default_folder(const Environment& environment)
{
    return below_home(environment, "XDG_DATA_HOME", ".local/share") / "headroom" / "gpu-runtime";
}

fs::path memory_file(const Environment& environment)
{
    return below_home(environment, "XDG_CONFIG_HOME", ".config") / "headroom" / "gpu-runtime-folder";
}

}  // namespace

fs::path runtime_folder(const Environment& environment)
{
    if (const auto folder = environment("HEADROOM_GPU_RUNTIME")) return *folder;
    std::ifstream file(memory_file(environment));
    std::string line;
    if (std::getline(file, line) && !line.empty() && fs::path(line).is_absolute()) return line;
    return default_folder(environment);
}

Result<void> remember_runtime_folder(const Environment& environment, const fs::path& folder)
{
    const fs::path memory = memory_file(environment);
    if (folder == default_folder(environment)) return remove_tree(memory);
    TRY(make_folder(memory.parent_path()));
    files::PartFile file = TRY(files::PartFile::create(memory));
    const std::string line = folder.string() + "\n";
    TRY(file.write(std::as_bytes(std::span(line))));
    return file.commit();
}

fs::path runtime_folder_below(const fs::path& chosen)
{
    return fs::absolute(chosen).lexically_normal() / "headroom-gpu-runtime";
}

}  // namespace headroom::runtime
