#pragma once

#include <exception>
#include <string>

namespace headroom {

/// Runs `action`; what it throws becomes the sentence that the CUDA module's functions return. Part of the module.
template <typename Action>
const char* guarded(Action&& action)
{
    thread_local std::string sentence;
    try {
        action();
        return nullptr;
    } catch (const std::exception& exception) {
        sentence = exception.what();
        return sentence.c_str();
    }
}

}  // namespace headroom
