#include "ui/widgets/stage_row.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QProgressBar>

#include "ui/theme/theme.h"

namespace headroom::ui {

StageRow::StageRow(Stage stage, QWidget* parent) : QWidget(parent), m_stage(stage)
{
    m_title = new QLabel(stageTitle(stage), this);
    QFont font = m_title->font();
    font.setWeight(QFont::DemiBold);
    m_title->setFont(font);
    m_state = new QLabel(this);
    m_state->setAccessibleName(tr("%1: state").arg(stageTitle(stage)));
    m_time = new QLabel(this);
    m_time->setAccessibleName(tr("%1: time").arg(stageTitle(stage)));
    m_bar = new QProgressBar(this);
    m_bar->setAccessibleName(tr("%1: progress").arg(stageTitle(stage)));
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(10);
    m_bar->setRange(0, 1);

    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(4);
    grid->addWidget(m_title, 0, 0);
    grid->addWidget(m_state, 0, 1, Qt::AlignRight);
    grid->addWidget(m_bar, 1, 0, 1, 2);
    grid->addWidget(m_time, 2, 0, 1, 2);
    applyColors();
    showView({});
}

void StageRow::showView(const StageView& view)
{
    m_bar->setRange(0, std::max(1, view.total));
    m_bar->setValue(view.done);
    m_state->setText(stateText(view));
    m_time->setText(timeText(view));
}

QString StageRow::stateText(const StageView& view) const
{
    switch (view.state) {
    case StageState::Waiting: return view.done > 0 ? tr("%1 of %2").arg(view.done).arg(view.total) : tr("waiting");
    case StageState::Active: return tr("%1 of %2").arg(view.done).arg(view.total);
    case StageState::Done: return tr("done");
    }
    return {};
}

QString StageRow::timeText(const StageView& view) const
{
    switch (view.state) {
    case StageState::Waiting: return QStringLiteral(" ");
    case StageState::Active: return tr("%1 so far · %2").arg(durationText(view.elapsedSeconds), remainingText(view));
    case StageState::Done: return tr("took %1").arg(exactDurationText(view.elapsedSeconds));
    }
    return {};
}

void StageRow::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange) applyColors();
    QWidget::changeEvent(event);
}

void StageRow::applyColors()
{
    for (QLabel* label : {m_state, m_time}) {
        QPalette colors = label->palette();
        colors.setColor(QPalette::WindowText, themeOf(palette()).muted);
        label->setPalette(colors);
    }
}

}  // namespace headroom::ui
