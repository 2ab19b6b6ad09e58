#include "ui/file_actions.h"

#include <QDesktopServices>
#include <QUrl>

#include "ui/settings/output_location.h"

namespace headroom::ui {

namespace fs = std::filesystem;

bool isSequence(const fs::path& clip)
{
    return clip.filename().string().find('%') != std::string::npos;
}

bool openExternally(const fs::path& clip)
{
    return isSequence(clip) ? showInFolder(clip) : QDesktopServices::openUrl(QUrl::fromLocalFile(fromPath(clip)));
}

bool showInFolder(const fs::path& clip)
{
    return QDesktopServices::openUrl(QUrl::fromLocalFile(fromPath(clip.parent_path())));
}

std::optional<Error> copyClip(const fs::path& clip, const fs::path& target)
{
    std::error_code problem;
    if (isSequence(clip)) {
        fs::copy(clip.parent_path(), target, fs::copy_options::recursive | fs::copy_options::overwrite_existing, problem);
    } else {
        fs::copy_file(clip, target, fs::copy_options::overwrite_existing, problem);
        fs::path sidecar = clip;
        sidecar += ".json";
        fs::path sidecarTarget = target;
        sidecarTarget += ".json";
        std::error_code noSidecar;
        if (!problem && fs::exists(sidecar, noSidecar)) {
            fs::copy_file(sidecar, sidecarTarget, fs::copy_options::overwrite_existing, problem);
        }
    }
    if (!problem) return std::nullopt;
    return Error{ErrorCode::BadOutput, fmt::format("{} could not be copied to {}: {}. Choose another folder.",
                                                   clip.filename().string(), target.string(), problem.message())};
}

}  // namespace headroom::ui
