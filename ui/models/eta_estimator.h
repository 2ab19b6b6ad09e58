#pragma once

#include <array>
#include <optional>

namespace headroom::ui {

/// Says how long a stage will still take, from its completed units only: the median duration of the last five. Silent until two
/// observations, unless an earlier run of the same kind told how long a unit takes. Between observations the answer counts down;
/// it grows only when the work has really become slower.
class EtaEstimator {
public:
    /// Starts a stage of `total` units at `now`. `unitSeconds` is what a unit took in an earlier run of the same kind, 0 when
    /// unknown.
    void begin(int total, double now, double unitSeconds = 0);

    /// Hears that `done` units are complete at `now` (seconds of any steady clock).
    void observe(int done, double now);

    /// Seconds still to go at `now`; nothing while that would be a guess.
    std::optional<double> remaining(double now) const;

    /// Whether the work is well past what was expected at `now`, so that naming a time would be dishonest.
    bool isOverdue(double now) const;

    /// What a unit takes by the last observations; 0 when unknown.
    double unitSeconds() const;

private:
    static constexpr int kWindow = 5;

    std::array<double, kWindow> m_units{};  ///< Seconds a unit, a ring of the last observations.
    int m_observations = 0;
    int m_total = 0;
    int m_done = 0;
    double m_prior = 0;
    double m_lastTime = 0;
    double m_estimate = 0;  ///< Remaining seconds at m_lastTime.
};

}  // namespace headroom::ui
