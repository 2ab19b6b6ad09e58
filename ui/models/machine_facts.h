#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include <QCoreApplication>
#include <QString>

#include "core/runtime/nvidia_driver.h"
#include "core/runtime/runtime_install.h"
#include "core/runtime/runtime_manifest.h"
#include "core/runtime/runtime_store.h"
#include "ui/settings/settings_store.h"

namespace headroom::ui {

/// A folder and what is free on its disk.
struct FolderFacts {
    QString path;
    std::int64_t free_bytes = -1;  ///< Negative where the disk can't be asked.
};

/// What the first-start screen tells about this machine.
struct MachineFacts {
    runtime::NvidiaFacts nvidia;
    std::optional<runtime::RuntimeManifest> manifest;  ///< Nothing where the program has no GPU runtime at all.
    runtime::RuntimeState runtime;
    std::filesystem::path runtime_root;
    std::vector<FolderFacts> model_folders;
    FolderFacts clips;
};

/// The sentences about a machine.
class MachineText {
    Q_DECLARE_TR_FUNCTIONS(MachineText)

public:
    /// What computes: the card, or the processor.
    static QString device(const MachineFacts& facts);
    /// What is to be said about the driver; empty where there is no card.
    static QString driver(const MachineFacts& facts);
    /// Whether the GPU runtime is there, and how big it is.
    static QString runtime(const MachineFacts& facts);
    /// A folder with what is free there.
    static QString folder(const FolderFacts& folder);
};

/// Looks at cards, driver, runtime and disks; a few small files. `manifest` empty: there is no runtime.
MachineFacts lookAtMachine(const SettingsStore& settings, const std::filesystem::path& manifest);

/// Where the runtime is fetched from: pip's index and certificates, else `packageIndex`.
runtime::RuntimeSource runtimeSource(const std::string& packageIndex);

/// Whether there is something to fetch here and a card that it is for.
bool canFetchRuntime(const MachineFacts& facts);

/// The folder with what is free on its disk.
FolderFacts folderFacts(const QString& path);

}  // namespace headroom::ui
