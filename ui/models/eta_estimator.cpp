#include "ui/models/eta_estimator.h"

#include <algorithm>
#include <vector>

namespace headroom::ui {

namespace {

/// How much slower the work may look before the answer is allowed to grow.
constexpr double kToleratedGrowth = 1.25;
constexpr int kNeededObservations = 2;

}  // namespace

void EtaEstimator::begin(int total, double now, double unitSeconds)
{
    *this = EtaEstimator();
    m_total = total;
    m_prior = unitSeconds;
    m_lastTime = now;
    m_estimate = unitSeconds * total;
}

void EtaEstimator::observe(int done, double now)
{
    if (done <= m_done) return;
    const bool hadEstimate = remaining(now).has_value();
    m_units[m_observations % kWindow] = (now - m_lastTime) / (done - m_done);
    ++m_observations;
    m_done = done;
    m_lastTime = now;
    const double fresh = unitSeconds() * (m_total - done);
    const bool tolerable = hadEstimate && fresh <= m_estimate * kToleratedGrowth;
    m_estimate = tolerable ? std::min(fresh, m_estimate) : fresh;
}

std::optional<double> EtaEstimator::remaining(double now) const
{
    if (m_observations < kNeededObservations && m_prior <= 0) return std::nullopt;
    return std::max(0.0, m_estimate - (now - m_lastTime));
}

bool EtaEstimator::isOverdue(double now) const
{
    return remaining(now) == 0.0 && now - m_lastTime > m_estimate + unitSeconds() + 1;
}

double EtaEstimator::unitSeconds() const
{
    if (m_observations < kNeededObservations && m_prior > 0) return m_prior;
    const int count = std::min(m_observations, kWindow);
    if (count == 0) return m_prior;
    std::vector<double> sorted(m_units.begin(), m_units.begin() + count);
    std::sort(sorted.begin(), sorted.end());
    return sorted[count / 2];
}

}  // namespace headroom::ui
