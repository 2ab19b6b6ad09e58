#pragma once

#include <QPlainTextEdit>

namespace headroom::ui {

/// A text field that takes dropped text itself and leaves dropped files to the window; Tab moves on.
class PromptEdit : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit PromptEdit(QWidget* parent = nullptr);

    /// Shows about this many lines before it scrolls.
    void setVisibleLines(int lines);

protected:
    bool canInsertFromMimeData(const QMimeData* source) const override;
    void insertFromMimeData(const QMimeData* source) override;
};

}  // namespace headroom::ui
