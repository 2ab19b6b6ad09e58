#include "core/files/weight_check.h"

#include <algorithm>
#include <unordered_set>

#include "core/files/message_text.h"

namespace headroom::files {

namespace {

constexpr std::size_t kNamesShown = 5;

bool is_readable_float(StoredDtype dtype)
{
    return dtype == StoredDtype::F64 || dtype == StoredDtype::F32 || dtype == StoredDtype::F16 || dtype == StoredDtype::BF16;
}

}  // namespace

const TensorEntry* find_with_alias(const WeightIndex& weights, std::string_view name, std::span<const TensorAlias> aliases)
{
    if (const TensorEntry* entry = weights.find(name)) return entry;
    for (const TensorAlias& alias : aliases) {
        const TensorEntry* entry = nullptr;
        if (alias.name == name) entry = weights.find(alias.other_name);
        if (alias.other_name == name) entry = weights.find(alias.name);
        if (entry) return entry;
    }
    return nullptr;
}

Result<WeightReport> check_weights(const WeightIndex& weights, std::span<const ExpectedTensor> expected,
                                   std::span<const TensorAlias> aliases)
{
    std::unordered_set<std::string_view> known;
    for (const TensorAlias& alias : aliases) known.insert({alias.name, alias.other_name});
    for (const ExpectedTensor& wanted : expected) {
        const TensorEntry* entry = find_with_alias(weights, wanted.name, aliases);
        if (!entry) {
            return fail(ErrorCode::BadModel, "{}: tensor {} is missing but config.json asks for it with shape {}",
                        shown_short(weights.main_path()), in_quotes(wanted.name), shown_shape(wanted.shape));
        }
        const std::string file = shown_short(weights.file_of(*entry).path());
        if (!std::ranges::equal(entry->shape, wanted.shape)) {
            return fail(ErrorCode::BadModel, "{}: tensor {} has shape {} but config.json asks for {}", file,
                        in_quotes(entry->name), shown_shape(entry->shape), shown_shape(wanted.shape));
        }
        if (!is_readable_float(entry->dtype)) {
            return fail(ErrorCode::BadModel,
                        "{}: tensor {} is stored as {}, but only F64, F32, F16 and BF16 weights are read: download the model "
                        "in one of these",
                        file, in_quotes(entry->name), stored_dtype_name(entry->dtype));
        }
        known.insert({wanted.name, entry->name});
    }
    WeightReport report;
    for (const TensorEntry* entry : weights.entries()) {
        if (known.contains(entry->name)) continue;
        ++report.unexpected_count;
        if (report.unexpected_names.size() < kNamesShown) report.unexpected_names.push_back(entry->name);
    }
    return report;
}

}  // namespace headroom::files
