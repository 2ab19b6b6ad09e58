// A guard with a name: of `#pragma once` in a precompiled header GCC compares files' times, which differ from checkout to
// checkout.
#ifndef HEADROOM_CORE_BASE_ERROR_H
#define HEADROOM_CORE_BASE_ERROR_H

#include <string>
#include <utility>

#include <fmt/core.h>
#include <tl/expected.hpp>

namespace headroom {

/// What kind of failure an Error is. The command line maps each to an exit status (app/cli/exit_status.h).
enum class ErrorCode {
    Usage,        ///< A wrong option or a value no model could take.
    BadModel,     ///< A model folder that is missing, damaged, contradictory or not supported.
    BadInput,     ///< A latents file, video or other input file that can't be used.
    BadOutput,    ///< An output path that can't be written, or no space for it.
    DoesNotFit,   ///< No plan fits the budget.
    OutOfMemory,  ///< Memory ran out although the plan fitted.
    Cancelled,    ///< The person stopped the run.
    Device,       ///< The device is not there or failed.
    Internal,     ///< A defect of the program.
};

/// An expected failure: one sentence a person can act on (what, which file or tensor, expected against found, what to do).
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
};

/// Makes the failed side of a Result from a format string: `return fail(ErrorCode::BadModel, "{} is missing", path);`
template <typename... Args>
tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args)
{
    return tl::unexpected(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

}  // namespace headroom

#endif
