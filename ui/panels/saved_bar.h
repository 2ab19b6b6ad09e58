#pragma once

#include <filesystem>

#include <QWidget>

class QBoxLayout;

namespace headroom::ui {

class ElidedLabel;

/// Where the clip on the screen was saved, and what can be done with the file.
class SavedBar : public QWidget {
    Q_OBJECT

public:
    explicit SavedBar(QWidget* parent = nullptr);

    /// Shows a clip's file; a PNG sequence is named by its pattern and opened by its folder.
    void showSaved(const std::filesystem::path& path);
    void clear();
    std::filesystem::path path() const { return m_path; }

protected:
    void resizeEvent(QResizeEvent* event) override;

Q_SIGNALS:
    void openRequested();
    void showFolderRequested();
    void saveAsRequested();
    void changed();

private:
    QBoxLayout* m_layout = nullptr;
    ElidedLabel* m_label = nullptr;
    std::filesystem::path m_path;
};

}  // namespace headroom::ui
