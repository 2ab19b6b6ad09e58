#pragma once

#include <cstdlib>
#include <memory>
#include <vector>

#include <ATen/ops/empty.h>
#include <dlfcn.h>

#include "core/device/devices.h"
#include "core/tensor/tensor.h"

namespace headroom::test {

inline const at::Device kCard(at::kCUDA, 0);

/// Where the program finds a test's card: the CUDA module, and a GPU runtime that consists of LibTorch's own CUDA part and the
/// stand-in. Both are given by ctest; a test that is started without finds no card.
inline std::filesystem::path from_environment(const char* variable)
{
    const char* path = std::getenv(variable);
    return path ? path : "";
}
inline std::filesystem::path cuda_module_dir()
{
    return from_environment("CUDA_MODULE_DIR");
}
inline std::filesystem::path stand_in_runtime()
{
    return from_environment("STAND_IN_RUNTIME");
}

/// The devices of a test that add_card_test starts: the stand-in card and the CPU.
inline std::unique_ptr<Devices> devices_with_card()
{
    return std::make_unique<Devices>(cuda_module_dir(), stand_in_runtime());
}

/// The stand-in's own functions (stand_in/management.cpp).
template <typename Function>
Function* stand_in_function(const char* name)
{
    return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

/// What all processes together hold of the card at most since restart_card_peak(), as nvidia-smi would show it.
inline std::int64_t card_peak_bytes()
{
    return stand_in_function<long long()>("stand_in_card_peak_bytes")();
}
inline void restart_card_peak()
{
    stand_in_function<void()>("stand_in_card_restart_peak")();
}
/// What other processes hold of it from now on.
inline void let_others_hold(std::int64_t size_bytes)
{
    stand_in_function<void(long long)>("stand_in_card_let_others_hold")(size_bytes);
}
/// The driver grants so many further allocations of memory and then refuses so many.
inline void refuse_memory(std::int64_t granted, std::int64_t refused)
{
    stand_in_function<void(long long, long long)>("stand_in_card_refuse")(granted, refused);
}

/// What this process's tensors hold of the card now.
inline std::int64_t tensor_bytes(const Devices& devices)
{
    devices.restart_peak(kCard);
    return devices.tensor_peak_bytes(kCard);
}

inline Tensor on_card(std::vector<std::int64_t> shape, at::ScalarType dtype = at::kFloat)
{
    return at::empty(shape, at::TensorOptions().dtype(dtype).device(kCard));
}

}  // namespace headroom::test
