#include "ui/bridge/background_thread.h"

namespace headroom::ui {

BackgroundThread::BackgroundThread(const QString& name)
{
    m_thread.setObjectName(name);
    m_context.moveToThread(&m_thread);
    m_thread.start();
}

BackgroundThread::~BackgroundThread()
{
    finish();
}

void BackgroundThread::post(std::function<void()> work)
{
    QMetaObject::invokeMethod(&m_context, std::move(work), Qt::QueuedConnection);
}

void BackgroundThread::finish()
{
    m_thread.quit();
    m_thread.wait();
}

}  // namespace headroom::ui
