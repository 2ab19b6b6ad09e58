#include "ui/panels/saved_bar.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QResizeEvent>

#include "ui/settings/output_location.h"
#include "ui/theme/button_role.h"
#include "ui/widgets/elided_label.h"

namespace headroom::ui {

namespace {

constexpr int kOneLineWidth = 480;  ///< Below it the buttons get a line of their own.

}  // namespace

SavedBar::SavedBar(QWidget* parent) : QWidget(parent)
{
    m_label = new ElidedLabel(Qt::ElideMiddle, this);
    m_label->setObjectName(QStringLiteral("savedLabel"));
    m_label->setAccessibleName(tr("Saved file"));
    m_layout = new QBoxLayout(QBoxLayout::LeftToRight, this);
    m_layout->setContentsMargins(16, 0, 16, 6);
    m_layout->setSpacing(0);
    m_layout->addWidget(m_label, 1);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(16);
    m_layout->addLayout(buttons);
    const auto add = [&](const QString& text, const char* objectName, auto signal) {
        auto* button = new QPushButton(text, this);
        button->setObjectName(QString::fromLatin1(objectName));
        button->setAccessibleName(text);
        setButtonRole(button, ButtonRole::Link);
        buttons->addWidget(button);
        connect(button, &QPushButton::clicked, this, signal);
    };
    add(tr("Open file"), "openFile", &SavedBar::openRequested);
    add(tr("Show folder"), "showFolder", &SavedBar::showFolderRequested);
    add(tr("Save as…"), "saveAs", &SavedBar::saveAsRequested);
    buttons->addStretch();
    hide();
}

void SavedBar::showSaved(const std::filesystem::path& path)
{
    m_path = path;
    m_label->setFullText(tr("Saved to %1").arg(fromPath(path)));
    show();
    Q_EMIT changed();
}

void SavedBar::resizeEvent(QResizeEvent* event)
{
    m_layout->setDirection(event->size().width() < kOneLineWidth ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    QWidget::resizeEvent(event);
}

void SavedBar::clear()
{
    m_path.clear();
    hide();
    Q_EMIT changed();
}

}  // namespace headroom::ui
