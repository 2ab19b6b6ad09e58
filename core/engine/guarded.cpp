#include "core/engine/guarded.h"

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

}  // namespace

Result<void> guarded(const std::function<Result<void>()>& action)
{
    try {
        return action();
    } catch (const c10::OutOfMemoryError& error) {
        return fail(ErrorCode::OutOfMemory, "The device ran out of memory ({}). Choose fewer frames or a smaller size",
                    first_line(error.what_without_backtrace()));
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "The computer ran out of memory. Choose fewer frames or a smaller size, or close other programs");
    } catch (const c10::AcceleratorError& error) {
        return fail(ErrorCode::Device, "The device failed: {}", first_line(error.what_without_backtrace()));
    } catch (const c10::Error& error) {
        return fail(ErrorCode::Internal, "The computation failed: {}", first_line(error.what_without_backtrace()));
    } catch (const std::exception& error) {
        return fail(ErrorCode::Internal, "Something unexpected failed: {}", first_line(error.what()));
    }
}

}  // namespace headroom
