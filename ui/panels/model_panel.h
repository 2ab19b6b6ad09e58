#pragma once

#include <filesystem>

#include <QWidget>

#include "core/engine/model_info.h"

class QComboBox;
class QLabel;

namespace headroom::ui {

class ModelListModel;

/// Picks the model. Shows a model as chosen only once it has been opened; what can't be opened goes back to the last good one.
class ModelPanel : public QWidget {
    Q_OBJECT

public:
    explicit ModelPanel(QWidget* parent = nullptr);

    ModelListModel& models() { return *m_models; }

    /// Lists these models and keeps the chosen one.
    void setModels(const std::vector<ModelEntry>& models);

    /// Shows the model that is open now.
    void showModel(const ModelInfo& model);

    /// Shows the model that was open before, because another could not be opened.
    void showLastModel();

Q_SIGNALS:
    /// The person chose a folder; an empty path is the demo model.
    void modelChosen(const std::filesystem::path& dir);

    /// The person wants to choose a folder that is not listed.
    void openFolderRequested();

private:
    void selectRow(int row);

    ModelListModel* m_models = nullptr;
    QComboBox* m_picker = nullptr;
    QLabel* m_family = nullptr;
    std::filesystem::path m_openDir;
};

}  // namespace headroom::ui
