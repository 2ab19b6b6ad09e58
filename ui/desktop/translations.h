#pragma once

#include <QStringList>

class QCoreApplication;

namespace headroom::ui {

/// Makes the window speak the first of these languages that it knows ("de-AT", "en"); English needs nothing. Qt's own texts
/// follow.
void installTranslations(QCoreApplication& application, const QStringList& languages);

}  // namespace headroom::ui
