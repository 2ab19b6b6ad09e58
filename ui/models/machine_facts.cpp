#include "ui/models/machine_facts.h"

#include <QDir>
#include <QFileInfo>
#include <QStorageInfo>

#include "core/runtime/pip_settings.h"
#include "core/runtime/runtime_place.h"
#include "ui/models/byte_text.h"
#include "ui/settings/output_location.h"
#include "ui/settings/settings_keys.h"

namespace headroom::ui {

QString MachineText::device(const MachineFacts& facts)
{
    if (!facts.nvidia.has_card()) return tr("No NVIDIA card was found. Headroom computes on the processor, which takes longer.");
    QStringList names;
    for (const std::string& card : facts.nvidia.cards) names << QString::fromStdString(card);
    return names.join(QStringLiteral(", "));
}

QString MachineText::driver(const MachineFacts& facts)
{
    if (!facts.nvidia.has_card() || !facts.manifest) return {};
    const QString least = QString::fromStdString(facts.manifest->minimum_driver);
    const QString have = QString::fromStdString(facts.nvidia.driver);
    if (have.isEmpty())
        return tr("Its driver is not installed: install NVIDIA's driver %1 or later with your system's tools.").arg(least);
    if (!runtime::is_at_least(facts.nvidia.driver, facts.manifest->minimum_driver)) {
        return tr("Driver %1 is too old: %2 or later is needed. Update it with your system's tools.").arg(have, least);
    }
    return tr("Driver %1").arg(have);
}

QString MachineText::runtime(const MachineFacts& facts)
{
    if (!facts.manifest) return tr("This build has no GPU runtime.");
    const QString size = byteText(facts.manifest->unpacked_bytes());
    if (facts.runtime.installed) return tr("The GPU runtime is installed (%1).").arg(size);
    if (!facts.nvidia.has_card()) return tr("The GPU runtime is not installed; without a card nothing needs it.");
    if (facts.runtime.damaged)
        return tr("The GPU runtime is damaged. Fetching %1 mends it.").arg(byteText(facts.runtime.missing_download_bytes));
    return tr("The GPU runtime is missing: %1 to fetch, %2 on the disk.")
        .arg(byteText(facts.runtime.missing_download_bytes), size);
}

QString MachineText::folder(const FolderFacts& folder)
{
    const QString path = QDir::toNativeSeparators(folder.path);
    return folder.free_bytes < 0 ? path : tr("%1 – %2 free").arg(path, byteText(folder.free_bytes));
}

MachineFacts lookAtMachine(const SettingsStore& settings, const std::filesystem::path& manifest)
{
    MachineFacts facts;
    facts.nvidia = runtime::find_nvidia();
    facts.runtime_root = runtime::runtime_folder(runtime::process_environment);
    if (auto read = runtime::read_runtime_manifest(manifest); !manifest.empty() && read) {
        facts.runtime = runtime::inspect_runtime(facts.runtime_root, *read);
        facts.manifest = *std::move(read);
    }
    for (const QString& folder : settings.get(keys::kModelFolders)) facts.model_folders.push_back(folderFacts(folder));
    facts.clips = folderFacts(outputFolder(settings));
    return facts;
}

runtime::RuntimeSource runtimeSource(const std::string& packageIndex)
{
    const runtime::PipSettings pip = runtime::read_pip_settings(runtime::process_environment);
    return {.index_url = pip.index_url.empty() ? packageIndex : pip.index_url, .wheels_dir = {}, .ca_bundle = pip.ca_bundle};
}

bool canFetchRuntime(const MachineFacts& facts)
{
    return facts.manifest && facts.nvidia.has_card() && !facts.runtime.installed;
}

FolderFacts folderFacts(const QString& path)
{
    QString existing = path;
    while (!QFileInfo::exists(existing) && existing != QFileInfo(existing).path()) existing = QFileInfo(existing).path();
    const QStorageInfo disk(existing);
    return {path, disk.isValid() ? disk.bytesAvailable() : -1};
}

}  // namespace headroom::ui
