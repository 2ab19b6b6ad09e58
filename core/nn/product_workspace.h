#pragma once

#include <cstdint>

#include <c10/core/ScalarType.h>

namespace headroom::nn {

/// A product [rows, in] · [in, out], with or without a bias, as LibTorch computes it on the CPU.
struct ProductShape {
    std::int64_t rows = 0;
    std::int64_t in = 0;
    std::int64_t out = 0;
    bool has_bias = false;

    auto operator<=>(const ProductShape&) const = default;
};

/// The bytes that such a product takes besides operands and result. None in float32. In half types oneDNN packs its operands
/// first and sums parts in float32, by rules that differ from CPU to CPU: so the product is computed once for its shape (below
/// some milliseconds) and what it takes is remembered while the program runs. A larger one is not computed and gets the most that
/// was ever seen. With LibTorch's present number of threads. Any thread.
std::int64_t product_workspace_bytes(const ProductShape& shape, c10::ScalarType dtype);

}  // namespace headroom::nn
