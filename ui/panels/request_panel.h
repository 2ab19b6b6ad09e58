#pragma once

#include <QWidget>

namespace headroom::ui {

class ClipPanel;
class GeneratePanel;
class ModelPanel;
class PromptPanel;

/// The left side of the window: everything a clip is asked for with. Scrolls; Generate stays in sight.
class RequestPanel : public QWidget {
    Q_OBJECT

public:
    explicit RequestPanel(QWidget* parent = nullptr);

    PromptPanel& prompt() { return *m_prompt; }
    ModelPanel& model() { return *m_model; }
    ClipPanel& clip() { return *m_clip; }
    GeneratePanel& generate() { return *m_generate; }

    QSize sizeHint() const override { return {304, 640}; }

private:
    PromptPanel* m_prompt = nullptr;
    ModelPanel* m_model = nullptr;
    ClipPanel* m_clip = nullptr;
    GeneratePanel* m_generate = nullptr;
};

}  // namespace headroom::ui
