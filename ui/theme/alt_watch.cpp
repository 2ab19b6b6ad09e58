#include "ui/theme/alt_watch.h"

#include <QAbstractButton>
#include <QApplication>
#include <QKeyEvent>
#include <QLabel>

namespace headroom::ui {

AltWatch::AltWatch(QObject* parent) : QObject(parent)
{
    qApp->installEventFilter(this);
}

bool AltWatch::eventFilter(QObject*, QEvent* event)
{
    switch (event->type()) {
    case QEvent::KeyPress:
    case QEvent::KeyRelease:
        if (static_cast<QKeyEvent*>(event)->key() == Qt::Key_Alt) hold(event->type() == QEvent::KeyPress);
        break;
    case QEvent::WindowDeactivate: hold(false); break;  // The release goes elsewhere.
    default: break;
    }
    return false;
}

void AltWatch::hold(bool held)
{
    if (m_held == held) return;
    m_held = held;
    for (QWidget* widget : QApplication::allWidgets()) {
        if (widget->isVisible() && (qobject_cast<QLabel*>(widget) || qobject_cast<QAbstractButton*>(widget))) widget->update();
    }
}

}  // namespace headroom::ui
