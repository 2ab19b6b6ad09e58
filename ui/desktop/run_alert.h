#pragma once

#include <functional>

#include <QString>

class QWidget;

namespace headroom::ui {

/// Shows a sentence outside the window.
using Notifier = std::function<void(const QString& title, const QString& sentence)>;

/// The desktop's notifications (org.freedesktop.Notifications over D-Bus); does nothing where there are none. Never waits for an
/// answer.
Notifier desktopNotifier();

/// Tells somebody who looks elsewhere: marks the window in the task bar and hands the sentence to the notifier. Nothing while the
/// window is in front.
void alertPerson(QWidget& window, const Notifier& notifier, const QString& title, const QString& sentence);

}  // namespace headroom::ui
