#pragma once

#include <cstdint>
#include <filesystem>

#include <QDateTime>
#include <QString>

#include "ui/settings/settings_store.h"

namespace headroom::ui {

/// Conversions between the core's paths and Qt's strings, both UTF-8.
std::filesystem::path toPath(const QString& text);
QString fromPath(const std::filesystem::path& path);

/// The folder that clips go to: the person's choice, or Headroom in their videos folder.
QString outputFolder(const SettingsStore& settings);

/// "2026-05-01_14-03-59_a-red-circle-moving-right_42": date and time, the prompt's first words, the seed. Legal on every file
/// system.
QString clipBaseName(const QDateTime& time, const QString& prompt, std::uint64_t seed);

/// Where the next clip goes, in the person's folder and format ("mp4", "mkv", "gif" or "png"). A PNG sequence gets a folder of
/// its own. Never a path that exists: a number is added.
std::filesystem::path nextClipPath(const SettingsStore& settings, const QDateTime& time, const QString& prompt,
                                   std::uint64_t seed);

}  // namespace headroom::ui
