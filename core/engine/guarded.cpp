#include "core/engine/guarded.h"

#include <algorithm>
#include <exception>
#include <new>
#include <string>

#include <c10/util/Exception.h>

namespace headroom {

namespace {

// LibTorch appends a C++ backtrace after the first line; a person can do nothing with it.
std::string first_line(const char* text)
{
    const std::string whole = text;
    return whole.substr(0, whole.find('\n'));
}

// How libraries on a card say that memory ran out where it isn't LibTorch's allocator that says so: cuDNN's convolutions try one
// engine after the other and report that none could be used when there is no room for a workspace; cuBLAS and the driver take
// memory of their own.
constexpr const char* kOutOfMemoryWords[] = {"unable to find an engine to execute this computation", "CUBLAS_STATUS_ALLOC_FAILED",
                                             "CUDNN_STATUS_ALLOC_FAILED", "out of memory"};

bool tells_of_memory(const std::string& sentence)
{
    return std::ranges::any_of(kOutOfMemoryWords, [&](const char* words) { return sentence.find(words) != std::string::npos; });
}

/// LibTorch goes on with a paragraph on its allocator after what didn't fit.
tl::unexpected<Error> ran_out(std::string sentence)
{
    if (const auto more = sentence.find(" GPU "); more != std::string::npos) sentence.resize(more);
    if (sentence.ends_with('.')) sentence.pop_back();
    return fail(ErrorCode::OutOfMemory, "The device ran out of memory ({}). Choose fewer frames or a smaller size", sentence);
}

tl::unexpected<Error> failed(ErrorCode code, const char* what, const c10::Error& error)
{
    const std::string sentence = first_line(error.what_without_backtrace());
    if (tells_of_memory(sentence)) return ran_out(sentence);
    return fail(code, "{}: {}", what, sentence);
}

}  // namespace

Result<void> guarded(const std::function<Result<void>()>& action)
{
    try {
        return action();
    } catch (const c10::OutOfMemoryError& error) {
        return ran_out(first_line(error.what_without_backtrace()));
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    "The computer ran out of memory. Choose fewer frames or a smaller size, or close other programs");
    } catch (const c10::AcceleratorError& error) {
        return failed(ErrorCode::Device, "The device failed", error);
    } catch (const c10::Error& error) {
        return failed(ErrorCode::Internal, "The computation failed", error);
    } catch (const std::exception& error) {
        return fail(ErrorCode::Internal, "Something unexpected failed: {}", first_line(error.what()));
    }
}

}  // namespace headroom
