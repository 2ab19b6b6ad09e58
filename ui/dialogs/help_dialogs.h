#pragma once

#include <QString>
#include <QStringList>

class QWidget;

namespace headroom::ui {

/// What the program is made of, with versions. Does not block the window.
void showAbout(const QString& version, const QStringList& components, QWidget* parent);

/// The keys that do something. Does not block the window.
void showShortcuts(QWidget* parent);

}  // namespace headroom::ui
