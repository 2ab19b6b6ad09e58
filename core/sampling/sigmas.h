#pragma once

#include <cstdint>
#include <vector>

namespace headroom::sampling {

// Noise levels as diffusers 0.42.1 computes them with numpy in float64, to the last bit where libm allows.

/// numpy.linspace(start, stop, count): count evenly spaced values, both ends included.
std::vector<double> linspace(double start, double stop, std::int64_t count);

/// Moves each noise level towards 1: shift · s / (1 + (shift - 1) · s).
void shift_sigmas(std::vector<double>& sigmas, double shift);

/// Stretches falling noise levels so that the last becomes `terminal`. The last must be below 1.
void stretch_to_terminal(std::vector<double>& sigmas, double terminal);

/// `count` levels from the first to the last of `sigmas`, evenly spaced in their 7th root (arXiv 2206.00364, eq. 5).
std::vector<double> karras_sigmas(const std::vector<double>& sigmas, std::int64_t count);

/// `count` levels from the first to the last of `sigmas`, evenly spaced in their logarithm.
std::vector<double> exponential_sigmas(const std::vector<double>& sigmas, std::int64_t count);

}  // namespace headroom::sampling
