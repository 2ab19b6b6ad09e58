#pragma once

#include <utility>

#include <tl/expected.hpp>

#include "core/base/error.h"

namespace headroom {

/// A value, or the Error that says why there is none. Expected failures travel this way; nothing throws out of core.
template <typename T>
using Result = tl::expected<T, Error>;

}  // namespace headroom

/// Unwraps a Result, or returns its Error from the calling function. A GNU statement expression, as GCC and Clang have it.
#define TRY(expression)                                                             \
    __extension__({                                                                 \
        auto&& try_result = (expression);                                           \
        if (!try_result) return ::tl::unexpected(std::move(try_result).error());    \
        *std::move(try_result);                                                     \
    })
