#pragma once

#include <utility>

#include <QtTest>

#include "core/base/result.h"

namespace headroom::test {

/// The value of a result that a test can't go on without: ends the test program with the error's sentence where there is none.
template <typename T>
T unwrap(Result<T> result)
{
    if (!result) qFatal("%s", result.error().message.c_str());
    return std::move(*result);
}

}  // namespace headroom::test
