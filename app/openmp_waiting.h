#pragma once

namespace headroom::app {

/// Starts the program anew with `OMP_WAIT_POLICY=PASSIVE` unless the environment already says how OpenMP's threads wait; returns only then.
///
/// LibTorch's OpenMP reads the policy while it is loaded, before main, and by default its threads spin while they wait for each other.
/// Beside another busy program that made the demo clip ten times slower (26.8 s against 2.6 s, two cores), for a start that is 0.4 s shorter.
void wait_passively(char** argv);

}  // namespace headroom::app
