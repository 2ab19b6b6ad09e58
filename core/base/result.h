// A guard with a name: of `#pragma once` in a precompiled header GCC compares files' times, which differ from checkout to
// checkout.
#ifndef HEADROOM_CORE_BASE_RESULT_H
#define HEADROOM_CORE_BASE_RESULT_H

#include <type_traits>
#include <utility>

#include <tl/expected.hpp>

#include "core/base/error.h"

namespace headroom {

/// A value, or the Error that says why there is none. Expected failures travel this way; nothing throws out of core.
template <typename T>
using Result = tl::expected<T, Error>;

namespace detail {

/// The value, moved out; nothing for a Result<void>.
template <typename R>
auto unwrap(R&& result)
{
    if constexpr (!std::is_void_v<typename std::remove_cvref_t<R>::value_type>) return *std::forward<R>(result);
}

}  // namespace detail
}  // namespace headroom

/// Unwraps a Result, or returns its Error from the calling function. A GNU statement expression, as GCC and Clang have it:
/// returning from inside braces that make an object leaks the members made before, so TRY comes before those braces or first in
/// them (tests/architecture/check_try.py).
#define TRY(expression)                                                          \
    __extension__({                                                              \
        auto&& try_result = (expression);                                        \
        if (!try_result) return ::tl::unexpected(std::move(try_result).error()); \
        ::headroom::detail::unwrap(std::move(try_result));                       \
    })

#endif
