#include "core/sampling/config_keys.h"

namespace headroom::sampling {

Result<void> refuse_switched_on(const JsonFields& fields, std::initializer_list<const char*> keys)
{
    for (const char* key : keys) {
        // Null is as good as false in a config.
        if (fields.has(key) && TRY(fields.boolean(key, false))) {
            return fail(ErrorCode::BadModel, "{} is true, which is not supported; a model that needs it can't be run",
                        fields.named(key));
        }
    }
    return {};
}

Result<double> read_shift_terminal(const JsonFields& fields)
{
    const double terminal = fields.has("shift_terminal") ? TRY(fields.number("shift_terminal", 0.0)) : 0.0;
    if (terminal < 0 || terminal >= 1) {
        return fail(ErrorCode::BadModel, "{} must be at least 0 and below 1, but is {}", fields.named("shift_terminal"),
                    terminal);
    }
    return terminal;
}

}  // namespace headroom::sampling
