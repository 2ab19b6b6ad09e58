#pragma once

#include <vector>

#include <QAbstractListModel>

#include "core/engine/model_info.h"

namespace headroom::ui {

/// The models of the picker: the demo model, the person's folders, the Hugging Face cache. What the program can't run is listed
/// and disabled, with the reason.
class ModelListModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { PathRole = Qt::UserRole + 1, SupportedRole };

    using QAbstractListModel::QAbstractListModel;

    void setModels(std::vector<ModelEntry> models);

    /// Adds a folder the person opened, unless it is listed; gives its row.
    int ensureModel(const ModelEntry& model);

    /// The row of a folder; an empty path is the demo model, row 0. -1 when it is not listed.
    int rowOf(const std::filesystem::path& dir) const;

    /// The row of the model with this name; -1 when it is not listed.
    int rowNamed(const QString& displayName) const;

    const ModelEntry* at(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    std::vector<ModelEntry> m_models;
};

}  // namespace headroom::ui
