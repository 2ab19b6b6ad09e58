#pragma once

#include <QDialog>

class QComboBox;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace headroom::ui {

class SettingsStore;

/// Where clips go, in which format, and where models are looked for. Changes count when the dialog is accepted.
class SettingsDialog : public QDialog {
    Q_OBJECT

public:
    explicit SettingsDialog(SettingsStore& settings, QWidget* parent = nullptr);

    void accept() override;

private:
    QWidget* buildOutput();
    QWidget* buildFolders();

    SettingsStore& m_settings;
    QLineEdit* m_folder = nullptr;
    QComboBox* m_format = nullptr;
    QListWidget* m_modelFolders = nullptr;
    QPushButton* m_remove = nullptr;
};

}  // namespace headroom::ui
