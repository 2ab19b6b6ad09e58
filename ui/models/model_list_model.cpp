#include "ui/models/model_list_model.h"

#include <algorithm>

#include "ui/settings/output_location.h"

namespace headroom::ui {

void ModelListModel::setModels(std::vector<ModelEntry> models)
{
    beginResetModel();
    m_models = std::move(models);
    endResetModel();
}

int ModelListModel::ensureModel(const ModelEntry& model)
{
    if (const int row = rowOf(model.dir); row >= 0) return row;
    const int row = int(m_models.size());
    beginInsertRows({}, row, row);
    m_models.push_back(model);
    endInsertRows();
    return row;
}

int ModelListModel::rowOf(const std::filesystem::path& dir) const
{
    if (dir.empty()) return m_models.empty() ? -1 : 0;
    const auto same = [&](const ModelEntry& model) { return model.dir.lexically_normal() == dir.lexically_normal(); };
    const auto found = std::find_if(m_models.begin(), m_models.end(), same);
    return found == m_models.end() ? -1 : int(found - m_models.begin());
}

int ModelListModel::rowNamed(const QString& displayName) const
{
    const auto same = [&](const ModelEntry& model) { return QString::fromStdString(model.display_name) == displayName; };
    const auto found = std::find_if(m_models.begin(), m_models.end(), same);
    return found == m_models.end() ? -1 : int(found - m_models.begin());
}

const ModelEntry* ModelListModel::at(int row) const
{
    return row >= 0 && row < int(m_models.size()) ? &m_models[row] : nullptr;
}

int ModelListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_models.size());
}

QVariant ModelListModel::data(const QModelIndex& index, int role) const
{
    const ModelEntry* model = index.isValid() ? at(index.row()) : nullptr;
    if (!model) return {};
    const QString name = QString::fromStdString(model->display_name);
    const QString pipeline =
        model->pipeline_class.empty() ? tr("unknown pipeline") : QString::fromStdString(model->pipeline_class);
    const QString path = fromPath(model->dir);
    switch (role) {
    case Qt::DisplayRole:
        if (!model->supported) return tr("%1 (not supported: %2)").arg(name, pipeline);
        return model->problem.empty() ? name : tr("%1 (incomplete)").arg(name);
    case Qt::ToolTipRole:
        if (!model->supported) return tr("Headroom does not run %1 models.\n%2").arg(pipeline, path);
        return model->problem.empty() ? path : QStringLiteral("%1\n%2").arg(QString::fromStdString(model->problem), path);
    case PathRole: return path;
    case SupportedRole: return model->supported;
    default: return {};
    }
}

Qt::ItemFlags ModelListModel::flags(const QModelIndex& index) const
{
    const ModelEntry* model = index.isValid() ? at(index.row()) : nullptr;
    if (!model) return Qt::NoItemFlags;
    return model->supported ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

}  // namespace headroom::ui
