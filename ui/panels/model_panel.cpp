#include "ui/panels/model_panel.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/models/byte_text.h"
#include "ui/models/model_list_model.h"
#include "ui/settings/output_location.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/glyph_icon.h"

namespace headroom::ui {

ModelPanel::ModelPanel(QWidget* parent) : QWidget(parent)
{
    m_models = new ModelListModel(this);
    m_picker = new QComboBox(this);
    m_picker->setObjectName(QStringLiteral("modelPicker"));
    m_picker->setAccessibleName(tr("Model"));
    m_picker->setModel(m_models);
    m_picker->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_picker->setMinimumContentsLength(8);
    auto* open = new QToolButton(this);
    open->setObjectName(QStringLiteral("openModelFolder"));
    open->setIcon(glyphIcon(Glyph::Folder));
    open->setAutoRaise(true);
    open->setFocusPolicy(Qt::StrongFocus);
    open->setAccessibleName(tr("Open model folder"));
    open->setToolTip(tr("Open a model folder in the diffusers layout…"));
    auto* family = new ElidedLabel(Qt::ElideRight, this);
    family->setMuted(true);
    family->setAccessibleName(tr("About the model"));
    m_family = family;

    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    row->addWidget(m_picker, 1);
    row->addWidget(open);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(makeFieldLabel(tr("&Model"), m_picker, this));
    layout->addLayout(row);
    layout->addWidget(m_family);

    connect(open, &QToolButton::clicked, this, &ModelPanel::openFolderRequested);
    connect(m_picker, &QComboBox::activated, this, [this](int index) {
        if (const ModelEntry* model = m_models->at(index); model && model->supported) Q_EMIT modelChosen(model->dir);
    });
}

void ModelPanel::setModels(const std::vector<ModelEntry>& models)
{
    const QSignalBlocker blocker(m_picker);
    m_models->setModels(models);
    m_picker->view()->setMinimumWidth(m_picker->view()->sizeHintForColumn(0) + 16);  // The reasons are read in full.
    showLastModel();
}

void ModelPanel::showModel(const ModelInfo& model)
{
    m_openDir = model.dir;
    std::int64_t bytes = 0;
    for (const ComponentInfo& component : model.components) bytes += component.size_bytes;
    static_cast<ElidedLabel*>(m_family)->setFullText(
        tr("%1 · %2 of weights").arg(QString::fromStdString(model.family_name), byteText(bytes)));
    selectRow(m_models->ensureModel({model.dir, model.display_name, model.pipeline_class, true, {}}));
    m_picker->setToolTip(QStringLiteral("%1\n%2").arg(QString::fromStdString(model.display_name), fromPath(model.dir)));
}

void ModelPanel::showLastModel()
{
    selectRow(m_models->rowOf(m_openDir));
}

void ModelPanel::selectRow(int row)
{
    const QSignalBlocker blocker(m_picker);
    m_picker->setCurrentIndex(row);
}

}  // namespace headroom::ui
