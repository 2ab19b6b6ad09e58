#pragma once

#include <QObject>

namespace headroom::ui {

/// Whether the Alt key is held: the letters that it reaches are underlined as long.
class AltWatch : public QObject {
    Q_OBJECT

public:
    /// Watches the application, which must be there.
    explicit AltWatch(QObject* parent = nullptr);

    bool isHeld() const { return m_held; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void hold(bool held);

    bool m_held = false;
};

}  // namespace headroom::ui
