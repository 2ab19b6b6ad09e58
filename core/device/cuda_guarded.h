#pragma once

#include <exception>
#include <string>

#include <c10/util/Exception.h>

namespace headroom {

/// Runs `action`; what it throws becomes the sentence that the CUDA module's functions return. Part of the module.
template <typename Action>
const char* guarded(Action&& action)
{
    thread_local std::string sentence;
    try {
        action();
        return nullptr;
    } catch (const c10::Error& error) {
        sentence = error.what_without_backtrace();
        return sentence.c_str();
    } catch (const std::exception& exception) {
        sentence = exception.what();
        return sentence.c_str();
    }
}

}  // namespace headroom
