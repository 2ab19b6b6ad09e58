#pragma once

namespace headroom::test {

/// Makes at::randn and its like give the same numbers in every run: a C++ program's default generator starts anywhere. Call it in
/// init(), before each test function.
void seed_random_numbers();

}  // namespace headroom::test
