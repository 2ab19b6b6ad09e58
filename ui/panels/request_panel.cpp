#include "ui/panels/request_panel.h"

#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/panels/clip_panel.h"
#include "ui/panels/generate_panel.h"
#include "ui/panels/model_panel.h"
#include "ui/panels/prompt_panel.h"

namespace headroom::ui {

RequestPanel::RequestPanel(QWidget* parent) : QWidget(parent)
{
    auto* form = new QWidget(this);
    m_prompt = new PromptPanel(form);
    m_model = new ModelPanel(form);
    m_clip = new ClipPanel(form);
    auto* formLayout = new QVBoxLayout(form);
    formLayout->setContentsMargins(16, 8, 4, 12);  // The scroll bar has the other 12 pixels of the right margin.
    formLayout->setSpacing(16);
    formLayout->addWidget(m_prompt);
    formLayout->addWidget(m_model);
    formLayout->addWidget(m_clip);
    formLayout->addStretch(1);

    auto* scroll = new QScrollArea(this);
    scroll->setAccessibleName(tr("Settings of the clip"));
    scroll->setWidget(form);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    scroll->setFocusPolicy(Qt::NoFocus);
    m_generate = new GeneratePanel(this);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(scroll, 1);
    layout->addWidget(m_generate);
    setMinimumWidth(248);
}

}  // namespace headroom::ui
