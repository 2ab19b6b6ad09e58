#include "ui/desktop/application_start.h"

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

namespace headroom::ui {

namespace {

constexpr int kUsageStatus = 2;

/// What Qt says while it starts: of interest only when the start succeeds.
std::vector<std::pair<QtMsgType, QString>>& heldBack()
{
    static std::vector<std::pair<QtMsgType, QString>> messages;
    return messages;
}

void holdBack(QtMsgType type, const QMessageLogContext&, const QString& message)
{
    if (type != QtFatalMsg) {
        heldBack().emplace_back(type, message);
        return;
    }
    std::fputs(
        "headroom: There is no display to open the window on; without one, `headroom generate --prompt TEXT --output clip.mp4` "
        "makes a clip "
        "(see headroom --help)\n",
        stderr);
    std::_Exit(kUsageStatus);  // Qt aborts as soon as this returns.
}

}  // namespace

std::unique_ptr<QApplication> startApplication(int& argc, char** argv)
{
    const QtMessageHandler before = qInstallMessageHandler(holdBack);
    auto application = std::make_unique<QApplication>(argc, argv);
    qInstallMessageHandler(before);
    for (const auto& [type, message] : std::exchange(heldBack(), {})) {
        const QByteArray text = message.toLocal8Bit();
        if (type == QtDebugMsg) qDebug("%s", text.constData());
        if (type == QtInfoMsg) qInfo("%s", text.constData());
        if (type == QtWarningMsg || type == QtCriticalMsg) qWarning("%s", text.constData());
    }
    return application;
}

}  // namespace headroom::ui
