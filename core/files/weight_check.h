#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/files/weight_index.h"

namespace headroom::files {

/// A tensor that a model asks for, as its config demands it.
struct ExpectedTensor {
    std::string name;
    std::vector<std::int64_t> shape;
};

/// Two names of one tensor, of which a checkpoint may hold either: UMT5's `shared.weight` and `encoder.embed_tokens.weight`.
struct TensorAlias {
    std::string name;
    std::string other_name;
};

/// What check_weights found beside what it looked for.
struct WeightReport {
    std::int64_t unexpected_count = 0;          ///< Tensors that nothing asks for; harmless.
    std::vector<std::string> unexpected_names;  ///< The first few of them, for a log line.
};

/// The tensor of that name or, where it has none, of its alias; null when neither is there.
const TensorEntry* find_with_alias(const WeightIndex& weights, std::string_view name, std::span<const TensorAlias> aliases);

/// Checks a component's weights against its config before any work: every expected tensor is there, has the expected shape and is
/// stored as F64, F32, F16 or BF16. Values are not read, so NaN is not looked for. Tensors beside the expected ones are counted.
/// Errors: BadModel with the first that is missing, misshaped or not floating point, in the order of `expected`.
Result<WeightReport> check_weights(const WeightIndex& weights, std::span<const ExpectedTensor> expected,
                                   std::span<const TensorAlias> aliases = {});

}  // namespace headroom::files
