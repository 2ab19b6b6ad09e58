#include "core/text/token_check.h"

namespace headroom::text {

Result<void> check_tokens(const std::vector<std::int32_t>& ids, std::int64_t vocab_size)
{
    for (const std::int32_t id : ids) {
        if (id >= 0 && id < vocab_size) continue;
        return fail(ErrorCode::BadModel,
                    "The tokenizer gave token {}, but the text encoder knows {} tokens only; the tokenizer and text_encoder "
                    "folders do not "
                    "belong together.",
                    id, vocab_size);
    }
    return {};
}

}  // namespace headroom::text
