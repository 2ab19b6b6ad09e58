#pragma once

#include <cstdint>

#include <QWidget>

class QLineEdit;
class QToolButton;

namespace headroom::ui {

/// Where the next clip's seed comes from. Serialized: do not renumber.
enum class SeedMode {
    Fresh = 0,  ///< A new random seed at every submit.
    Kept = 1,   ///< The seed in the field.
};

/// Shows the seed of the clip on the screen. With the dice on, submitting rolls a new one; typing or the lock keeps it.
class SeedField : public QWidget {
    Q_OBJECT

public:
    explicit SeedField(QWidget* parent = nullptr);

    std::uint64_t seed() const;
    SeedMode mode() const;

    /// Shows this seed without changing the mode.
    void setSeed(std::uint64_t seed);
    void setMode(SeedMode mode);

    /// The seed of the clip that starts now: rolled here in mode Fresh, and shown from now on.
    std::uint64_t resolveSeed();

Q_SIGNALS:
    void changed();

private:
    QLineEdit* m_edit = nullptr;
    QToolButton* m_dice = nullptr;
    QToolButton* m_lock = nullptr;
};

}  // namespace headroom::ui
