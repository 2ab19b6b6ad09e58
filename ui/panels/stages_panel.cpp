#include "ui/panels/stages_panel.h"

#include <QLabel>
#include <QVBoxLayout>

#include "ui/models/run_progress.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/stage_row.h"

namespace headroom::ui {

StagesPanel::StagesPanel(const RunProgress& progress, QWidget* parent) : QWidget(parent), m_progress(progress)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(16);
    for (int i = 0; i < int(m_rows.size()); ++i) {
        m_rows[i] = new StageRow(static_cast<Stage>(i), this);
        layout->addWidget(m_rows[i]);
    }
    m_total = new QLabel(this);
    m_total->setObjectName(QStringLiteral("totalTime"));
    m_total->setAccessibleName(tr("Whole time"));
    m_total->setWordWrap(true);
    layout->addWidget(m_total);
    auto* note = new QLabel(tr("The file is written while the frames are decoded."), this);
    note->setWordWrap(true);
    note->setForegroundRole(QPalette::PlaceholderText);
    layout->addWidget(note);
    layout->addStretch(1);
    connect(&progress, &RunProgress::changed, this, &StagesPanel::refresh);
    refresh();
}

void StagesPanel::refresh()
{
    for (int i = 0; i < int(m_rows.size()); ++i) m_rows[i]->showView(m_progress.view(static_cast<Stage>(i)));
    const QString elapsed = durationText(m_progress.elapsedSeconds());
    if (!m_progress.isRunning()) {
        m_total->setText(m_progress.elapsedSeconds() > 0 ? tr("Last run: %1").arg(exactDurationText(m_progress.elapsedSeconds()))
                                                         : tr("Nothing has run yet."));
    } else if (const auto remaining = m_progress.totalRemainingSeconds()) {
        m_total->setText(tr("%1 so far · about %2 left").arg(elapsed, durationText(*remaining)));
    } else {
        m_total->setText(tr("%1 so far").arg(elapsed));
    }
}

}  // namespace headroom::ui
