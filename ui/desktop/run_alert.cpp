#include "ui/desktop/run_alert.h"

#include <QApplication>
#include <QWidget>
#ifdef HEADROOM_HAS_DBUS
#include <QDBusConnection>
#include <QDBusMessage>
#endif

namespace headroom::ui {

Notifier desktopNotifier()
{
#ifdef HEADROOM_HAS_DBUS
    return [](const QString& title, const QString& sentence) {
        // Without a running session bus Qt would try to start one, which takes seconds.
        if (!qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS")) return;
        const QString service = QStringLiteral("org.freedesktop.Notifications");
        QDBusMessage message = QDBusMessage::createMethodCall(service, QStringLiteral("/org/freedesktop/Notifications"), service,
                                                              QStringLiteral("Notify"));
        message << QApplication::applicationName() << 0U << QApplication::desktopFileName() << title << sentence.toHtmlEscaped()
                << QStringList() << QVariantMap() << -1;
        QDBusConnection::sessionBus().send(message);
    };
#else
    return [](const QString&, const QString&) {};
#endif
}

void alertPerson(QWidget& window, const Notifier& notifier, const QString& title, const QString& sentence)
{
    if (window.isActiveWindow()) return;
    QApplication::alert(&window);
    notifier(title, sentence);
}

}  // namespace headroom::ui
