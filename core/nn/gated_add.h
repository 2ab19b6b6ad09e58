#pragma once

#include "core/tensor/tensor.h"

namespace headroom::nn {

/// hidden += update * gate, computed in float32 and rounded once to hidden's dtype, in place. `update` is spent: it may be
/// overwritten. hidden, update: [batch, rows, dim] of one dtype; gate: [dim], float32.
void gated_add_in_place(const Tensor& hidden, const Tensor& update, const Tensor& gate);

}  // namespace headroom::nn
