#include "tests/support/random_seed.h"

#include <ATen/CPUGeneratorImpl.h>

namespace headroom::test {

void seed_random_numbers()
{
    at::Generator generator = at::detail::getDefaultCPUGenerator();  // shares the default generator's state
    generator.set_current_seed(2026);
}

}  // namespace headroom::test
