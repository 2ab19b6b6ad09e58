#pragma once

#include <QSettings>
#include <QStringList>
#include <QVariant>

namespace headroom::ui {

/// One remembered value: its key and what it is before anything was remembered.
template <typename T>
struct Setting {
    const char* key;
    T fallback;
};

/// What the program remembers between starts, typed by Setting.
class SettingsStore {
public:
    /// The person's own settings ("Headroom", "Headroom").
    SettingsStore();

    /// Settings in this file; for tests.
    explicit SettingsStore(const QString& path);

    template <typename T>
    T get(const Setting<T>& setting) const
    {
        const QVariant stored = m_settings.value(QLatin1String(setting.key));
        return stored.isValid() && stored.canConvert<T>() ? stored.value<T>() : setting.fallback;
    }

    template <typename T>
    void set(const Setting<T>& setting, const T& value)
    {
        m_settings.setValue(QLatin1String(setting.key), QVariant::fromValue(value));
    }

    /// Writes everything to the disk now.
    void sync() { m_settings.sync(); }

private:
    QSettings m_settings;
};

}  // namespace headroom::ui
