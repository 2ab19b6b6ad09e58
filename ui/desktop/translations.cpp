#include "ui/desktop/translations.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

#ifdef HEADROOM_HAS_TRANSLATIONS
/// In the global namespace, because the macro declares a function there. A static library's resources need it.
static void registerTranslations()
{
    Q_INIT_RESOURCE(translations);
}
#else
static void registerTranslations() {}
#endif

namespace headroom::ui {

namespace {

/// lupdate names a context after the class alone; at run time Qt asks with its namespaces.
class WindowTranslator : public QTranslator {
public:
    using QTranslator::QTranslator;

    QString translate(const char* context, const char* text, const char* comment, int n) const override
    {
        const QLatin1String whole(context);
        const QLatin1String prefix("headroom::ui::");
        if (whole.startsWith(prefix)) {
            const QString found = QTranslator::translate(context + prefix.size(), text, comment, n);
            if (!found.isEmpty()) return found;
        }
        return QTranslator::translate(context, text, comment, n);
    }
};

}  // namespace

void installTranslations(QCoreApplication& application, const QStringList& languages)
{
    registerTranslations();
    for (const QString& language : languages) {
        const QLocale locale(language);
        if (locale.language() == QLocale::English || language == QStringLiteral("C")) return;
        if (locale.language() == QLocale::C) continue;  // A language that Qt does not know.
        auto* own = new WindowTranslator(&application);
        if (!own->load(locale, QStringLiteral("headroom"), QStringLiteral("_"), QStringLiteral(":/translations"))) {
            delete own;
            continue;
        }
        auto* qt = new QTranslator(&application);
        if (qt->load(locale, QStringLiteral("qtbase"), QStringLiteral("_"), QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
            QCoreApplication::installTranslator(qt);
        QCoreApplication::installTranslator(own);
        return;
    }
}

}  // namespace headroom::ui
