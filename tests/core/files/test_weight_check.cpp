#include <QtTest>

#include "core/files/safetensors_writer.h"
#include "core/files/weight_check.h"
#include "tests/core/files/file_fixture.h"

using namespace headroom;
using namespace headroom::files;

namespace {

constexpr const char* kShared = "shared.weight";
constexpr const char* kEmbedding = "encoder.embed_tokens.weight";
const std::vector<TensorAlias> kAliases = {{kShared, kEmbedding}};

TensorEntry entry(const char* name, StoredDtype dtype = StoredDtype::F32)
{
    static const std::string zeros(64, '\0');
    const std::size_t size_bytes = std::size_t(4 * bits_per_element(dtype) / 8);
    return {name, dtype, {2, 2}, std::as_bytes(std::span(zeros)).first(size_bytes)};
}

/// The weights of a component "transformer" that hold these tensors.
WeightIndex weights(const fixture::Folder& folder, const std::vector<TensorEntry>& entries)
{
    folder.make_folder("transformer");
    const auto path = folder.path() / "transformer" / "diffusion_pytorch_model.safetensors";
    if (!write_safetensors(path, entries)) qFatal("the test's own file can't be written");
    return std::move(*WeightIndex::open(path.parent_path()));
}

}  // namespace

class TestWeightCheck : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void acceptsWhatTheConfigAsksFor()
    {
        const fixture::Folder folder;
        const auto index = weights(
            folder, {entry("a"), entry("b", StoredDtype::BF16), entry("c", StoredDtype::F16), entry("d", StoredDtype::F64)});
        const std::vector<ExpectedTensor> expected = {{"a", {2, 2}}, {"b", {2, 2}}, {"c", {2, 2}}, {"d", {2, 2}}};
        const auto report = check_weights(index, expected);
        QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
        QCOMPARE(report->unexpected_count, std::int64_t(0));
    }

    void countsWhatNothingAsksFor()
    {
        const fixture::Folder folder;
        const auto index = weights(folder, {entry("a"), entry("extra"), entry("counter", StoredDtype::I64)});
        const auto report = check_weights(index, std::vector<ExpectedTensor>{{"a", {2, 2}}});
        QVERIFY(report.has_value());
        QCOMPARE(report->unexpected_count, std::int64_t(2));
        QCOMPARE(report->unexpected_names, (std::vector<std::string>{"counter", "extra"}));
    }

    void namesTheFirstThatIsMissingOrMisshaped()
    {
        const fixture::Folder folder;
        const auto index = weights(
            folder, {entry("blocks.0.attn1.to_q.weight"), entry("mask", StoredDtype::Bool), entry("small", StoredDtype::F8E4M3)});
        const auto check = [&](const char* name, std::vector<std::int64_t> shape) {
            return check_weights(index,
                                 std::vector<ExpectedTensor>{{"blocks.0.attn1.to_q.weight", {2, 2}}, {name, std::move(shape)}});
        };
        const std::string file = "transformer/diffusion_pytorch_model.safetensors: ";
        COMPARE_REFUSAL(check("blocks.0.attn1.to_q.weight", {2, 3}), ErrorCode::BadModel,
                        file + "tensor 'blocks.0.attn1.to_q.weight' has shape [2, 2] but config.json asks for [2, 3]");
        COMPARE_REFUSAL(check("blocks.0.attn1.to_q.weight", {4}), ErrorCode::BadModel, "asks for [4]");
        COMPARE_REFUSAL(check("blocks.1.attn1.to_q.weight", {2, 2}), ErrorCode::BadModel,
                        file + "tensor 'blocks.1.attn1.to_q.weight' is missing");
        COMPARE_REFUSAL(check("mask", {2, 2}), ErrorCode::BadModel, file + "tensor 'mask' is stored as BOOL");
        COMPARE_REFUSAL(check("small", {2, 2}), ErrorCode::BadModel, "stored as F8_E4M3");
    }

    void aTiedTensorIsFoundUnderEitherName()
    {
        const fixture::Folder folder;
        for (const char* stored : {kShared, kEmbedding}) {
            const auto index = weights(folder, {entry(stored)});
            for (const char* wanted : {kShared, kEmbedding}) {
                const auto report = check_weights(index, std::vector<ExpectedTensor>{{wanted, {2, 2}}}, kAliases);
                QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
                QCOMPARE(find_with_alias(index, wanted, kAliases), index.find(stored));
            }
        }
        const auto both = weights(folder, {entry(kShared), entry(kEmbedding)});
        QCOMPARE(check_weights(both, std::vector<ExpectedTensor>{{kShared, {2, 2}}}, kAliases)->unexpected_count,
                 std::int64_t(0));
        const auto neither = weights(folder, {entry("a")});
        QVERIFY(!find_with_alias(neither, kShared, kAliases));
        COMPARE_REFUSAL(check_weights(neither, std::vector<ExpectedTensor>{{kShared, {2, 2}}}, kAliases), ErrorCode::BadModel,
                        "'shared.weight' is missing");
    }
};

QTEST_APPLESS_MAIN(TestWeightCheck)
#include "test_weight_check.moc"
