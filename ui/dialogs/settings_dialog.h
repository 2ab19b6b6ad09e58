#pragma once

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace headroom::ui {

class SettingsStore;

/// Where clips go, in which format and with what in them, where models are looked for, and whether the end of a run is told.
/// Changes count when the dialog is accepted.
class SettingsDialog : public QDialog {
    Q_OBJECT

public:
    explicit SettingsDialog(SettingsStore& settings, QWidget* parent = nullptr);

    void accept() override;

private:
    QWidget* buildOutput();
    QWidget* buildFolders();
    QCheckBox* option(const char* objectName, const QString& text, const QString& hint, bool checked);

    SettingsStore& m_settings;
    QLineEdit* m_folder = nullptr;
    QComboBox* m_format = nullptr;
    QCheckBox* m_storePrompt = nullptr;
    QCheckBox* m_notify = nullptr;
    QListWidget* m_modelFolders = nullptr;
    QPushButton* m_remove = nullptr;
};

}  // namespace headroom::ui
