#include "core/sampling/sigmas.h"

#include <cmath>

namespace headroom::sampling {

std::vector<double> linspace(double start, double stop, std::int64_t count)
{
    std::vector<double> values;
    const double spacing = count > 1 ? (stop - start) / double(count - 1) : 0.0;
    for (std::int64_t i = 0; i < count; ++i) values.push_back(double(i) * spacing + start);
    if (count > 1) values.back() = stop;
    return values;
}

void shift_sigmas(std::vector<double>& sigmas, double shift)
{
    for (double& sigma : sigmas) sigma = shift * sigma / (1.0 + (shift - 1.0) * sigma);
}

void stretch_to_terminal(std::vector<double>& sigmas, double terminal)
{
    const double scale = (1.0 - sigmas.back()) / (1.0 - terminal);
    for (double& sigma : sigmas) sigma = 1.0 - (1.0 - sigma) / scale;
}

std::vector<double> karras_sigmas(const std::vector<double>& sigmas, std::int64_t count)
{
    constexpr double kRho = 7.0;
    const double last = std::pow(sigmas.back(), 1.0 / kRho);
    const double first = std::pow(sigmas.front(), 1.0 / kRho);
    std::vector<double> levels = linspace(0.0, 1.0, count);
    for (double& level : levels) level = std::pow(first + level * (last - first), kRho);
    return levels;
}

std::vector<double> exponential_sigmas(const std::vector<double>& sigmas, std::int64_t count)
{
    std::vector<double> levels = linspace(std::log(sigmas.front()), std::log(sigmas.back()), count);
    for (double& level : levels) level = std::exp(level);
    return levels;
}

}  // namespace headroom::sampling
