#include "ui/settings/settings_store.h"

namespace headroom::ui {

SettingsStore::SettingsStore() : m_settings(QStringLiteral("Headroom"), QStringLiteral("Headroom")) {}

SettingsStore::SettingsStore(const QString& path) : m_settings(path, QSettings::IniFormat) {}

}  // namespace headroom::ui
