#include "app/openmp_waiting.h"

#include <cstdlib>

#include <unistd.h>

namespace headroom::app {

namespace {

constexpr const char* kPolicy = "OMP_WAIT_POLICY";

}  // namespace

void wait_passively(char** argv)
{
    if (std::getenv(kPolicy) || setenv(kPolicy, "PASSIVE", /*overwrite=*/0) != 0) return;
    execv("/proc/self/exe", argv);  // where it fails the program goes on as it is
}

}  // namespace headroom::app
