#pragma once

#include <initializer_list>

#include "core/base/json_fields.h"

namespace headroom::sampling {

/// BadModel when one of these switches is on: what they ask for is not supported.
Result<void> refuse_switched_on(const JsonFields& fields, std::initializer_list<const char*> keys);

/// `shift_terminal`: the last step's noise level, below 1; 0 when it is missing, null or 0, which all leave the levels alone.
Result<double> read_shift_terminal(const JsonFields& fields);

}  // namespace headroom::sampling
