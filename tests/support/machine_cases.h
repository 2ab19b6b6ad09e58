#pragma once

#include "ui/models/machine_facts.h"

namespace headroom::test {

/// The shipped GPU runtime, nothing of it installed, and folders on a disk with room.
inline ui::MachineFacts machineWithoutCard()
{
    ui::MachineFacts facts;
    facts.manifest = *runtime::read_runtime_manifest(HEADROOM_SOURCE_DIR "/resources/gpu_runtime.json");
    facts.runtime_root = "/home/ada/.local/share/headroom/gpu-runtime";
    facts.runtime.missing_download_bytes = facts.manifest->download_bytes();
    facts.runtime.missing_disk_bytes = facts.manifest->unpacked_bytes();
    facts.model_folders = {{QStringLiteral("/data/models"), std::int64_t(812) << 30}};
    facts.clips = {QStringLiteral("/home/ada/Videos/Headroom"), std::int64_t(96) << 30};
    return facts;
}

inline ui::MachineFacts machineWithCard(const std::string& driver)
{
    ui::MachineFacts facts = machineWithoutCard();
    facts.nvidia = {.cards = {"NVIDIA GeForce RTX 4070"}, .driver = driver};
    return facts;
}

}  // namespace headroom::test
