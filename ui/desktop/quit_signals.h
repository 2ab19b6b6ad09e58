#pragma once

#include <QObject>
#include <QSocketNotifier>

namespace headroom::ui {

/// Turns SIGINT and SIGTERM into a Qt signal on the window's thread while it lives; a second one ends the process at once, as it
/// would without. One at a time in a process; does nothing where there are no such signals.
class QuitSignals : public QObject {
    Q_OBJECT

public:
    explicit QuitSignals(QObject* parent = nullptr);
    ~QuitSignals() override;

Q_SIGNALS:
    void received();

private:
    void read();

    int m_pipe[2] = {-1, -1};
    QSocketNotifier* m_notifier = nullptr;
};

}  // namespace headroom::ui
