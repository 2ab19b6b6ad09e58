// LibTorch's OpenMP reads OMP_WAIT_POLICY while it is loaded, before main, and by default its threads spin while they wait for
// each other. Beside another busy program that made the demo clip ten times slower (26.8 s against 2.6 s, two cores). So a
// program that will compute starts anew with the policy PASSIVE, unless its environment already says how to wait. Nothing calls
// what is here: the dynamic loader does (`.preinit_array`), before any library has set itself up, because LibTorch's setting up
// takes longer than mapping everything, and from main it would be paid twice.
#include <cstddef>
#include <string_view>

#include <alloca.h>
#include <unistd.h>
#include <climits>

// A sanitizer's run time is not there yet when this runs, so its builds wait as OpenMP likes.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace headroom::app {

namespace {

constexpr std::string_view kPolicy = "OMP_WAIT_POLICY=";
constexpr char kPassive[] = "OMP_WAIT_POLICY=PASSIVE";

/// The window, also where a desktop passes a file, and the verbs that run a model.
bool will_compute(int argc, char** argv)
{
    if (argc < 2) return true;
    const std::string_view first = argv[1];
    if (first.starts_with('-')) return false;
    return first == "generate" || first == "decode" || first == "encode" || first.find_first_of("./") != std::string_view::npos;
}

/// Called by the dynamic loader when the libraries are mapped but none is initialised, the C library included: `environ`, the
/// heap and everything built on them are not there yet.
void wait_passively(int argc, char** argv, char** environment)
{
    if (!will_compute(argc, argv)) return;
    std::size_t count = 0;
    for (; environment[count]; ++count) {
        if (std::string_view(environment[count]).starts_with(kPolicy)) return;
    }
    // By its real name, or the process would be called "exe".
    char program[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
    if (length <= 0) return;
    program[length] = '\0';
    auto** const longer = static_cast<char**>(alloca((count + 2) * sizeof(char*)));
    for (std::size_t i = 0; i < count; ++i) longer[i] = environment[i];
    longer[count] = const_cast<char*>(kPassive);
    longer[count + 1] = nullptr;
    execve(program, argv, longer);  // where it fails the program goes on as it is
}

[[gnu::section(".preinit_array"), gnu::used]] void (*const kBeforeLibraries)(int, char**, char**) = wait_passively;

}  // namespace

}  // namespace headroom::app

#endif
