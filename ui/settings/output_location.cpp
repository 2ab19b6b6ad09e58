#include "ui/settings/output_location.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

#include "ui/settings/settings_keys.h"

namespace headroom::ui {

namespace {

constexpr int kLongestSlug = 48;

QString slugOf(const QString& prompt)
{
    QString slug;
    for (const QChar character : prompt.toLower()) {
        if (character.isLetterOrNumber() && !character.isSurrogate()) {
            slug += character;
        } else if (!slug.isEmpty() && !slug.endsWith(u'-')) {
            slug += u'-';
        }
        if (slug.size() >= kLongestSlug) break;
    }
    while (slug.endsWith(u'-')) slug.chop(1);
    return slug.isEmpty() ? QStringLiteral("clip") : slug;
}

}  // namespace

std::filesystem::path toPath(const QString& text)
{
    return std::filesystem::path(text.toStdU16String());
}

QString fromPath(const std::filesystem::path& path)
{
    return QString::fromStdU16String(path.u16string());
}

QString outputFolder(const SettingsStore& settings)
{
    const QString chosen = settings.get(keys::kOutputFolder);
    if (!chosen.isEmpty()) return chosen;
    QString videos = QStandardPaths::writableLocation(QStandardPaths::MoviesLocation);
    if (videos.isEmpty()) videos = QDir::homePath();
    return QDir(videos).filePath(QStringLiteral("Headroom"));
}

QString clipBaseName(const QDateTime& time, const QString& prompt, std::uint64_t seed)
{
    return QStringLiteral("%1_%2_%3").arg(time.toString(QStringLiteral("yyyy-MM-dd_HH-mm-ss")), slugOf(prompt)).arg(seed);
}

std::filesystem::path nextClipPath(const SettingsStore& settings, const QDateTime& time, const QString& prompt,
                                   std::uint64_t seed)
{
    const QDir folder(outputFolder(settings));
    const QString format = settings.get(keys::kOutputFormat);
    const bool sequence = format == QStringLiteral("png");
    const QString base = clipBaseName(time, prompt, seed);
    for (int number = 1;; ++number) {
        const QString name = number == 1 ? base : QStringLiteral("%1-%2").arg(base).arg(number);
        const QString path = folder.filePath(sequence ? name : name + u'.' + format);
        if (!QFileInfo::exists(path)) return toPath(sequence ? QDir(path).filePath(QStringLiteral("frame-%04d.png")) : path);
    }
}

}  // namespace headroom::ui
