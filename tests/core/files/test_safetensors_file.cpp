#include <QtTest>

#include <cstring>
#include <string>
#include <utility>

#include "core/files/safetensors_file.h"
#include "tests/core/files/file_fixture.h"

using namespace headroom;
using namespace headroom::files;
using fixture::safetensors;

namespace {

std::string tensor(std::string_view name, std::string_view dtype, std::string_view shape, std::string_view offsets)
{
    return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":{}}})", name, dtype, shape, offsets);
}

std::string with_length(std::uint64_t length, std::string_view rest)
{
    std::string bytes;
    for (int shift = 0; shift < 64; shift += 8) bytes += char(length >> shift & 0xFF);
    return bytes + std::string(rest);
}

std::string one(std::string_view dtype, std::string_view shape, std::string_view offsets, std::size_t data_bytes)
{
    return safetensors("{" + tensor("w", dtype, shape, offsets) + "}", data_bytes);
}

}  // namespace

class TestSafetensorsFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesTensorsByName()
    {
        const fixture::Folder folder;
        const std::string header = "{" + tensor("b", "BF16", "[2,3]", "[8,20]") + "," + tensor("a", "F32", "[2]", "[0,8]") +
                                   R"(,"__metadata__":{"format":"pt","prompt":"a red circle"}})";
        auto opened = SafetensorsFile::open(folder.write("m.safetensors", safetensors(header, 20)));
        QVERIFY2(opened.has_value(), opened ? "" : opened.error().message.c_str());
        const SafetensorsFile file = std::move(*opened);
        QCOMPARE(file.entries().size(), std::size_t(2));
        QCOMPARE(file.entries()[0].name, std::string("a"));  // by place in the file, not in the header
        const TensorEntry* entry = file.find("b");
        QVERIFY(entry);
        QCOMPARE(entry->dtype, StoredDtype::BF16);
        QCOMPARE(entry->shape, (std::vector<std::int64_t>{2, 3}));
        QCOMPARE(entry->bytes.size(), std::size_t(12));
        QVERIFY(!file.find("c"));
        QVERIFY(!file.find("__metadata__"));
        QCOMPARE(file.metadata().at("prompt"), std::string("a red circle"));
        QVERIFY(file.holds(*entry));
        file.will_need(*entry);
        file.dont_need(*entry);
        QCOMPARE(char(entry->bytes[11]), 'x');
        const TensorEntry other{"b", StoredDtype::BF16, {2, 3}, std::as_bytes(std::span(header)).first(12)};
        QVERIFY(!file.holds(other));
    }

    void takesUnalignedOffsets()
    {
        const fixture::Folder folder;
        std::string header = "{" + tensor("byte", "U8", "[1]", "[0,1]") + "," + tensor("value", "F32", "[1]", "[1,5]") + "}";
        header.append((8 - header.size() % 8) % 8, ' ');
        std::string bytes = safetensors(header, 1);
        const float value = 1.25F;
        bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
        const auto file = SafetensorsFile::open(folder.write("m.safetensors", bytes));
        QVERIFY(file.has_value());
        const auto stored = file->find("value")->bytes;
        QCOMPARE(reinterpret_cast<std::uintptr_t>(stored.data()) % alignof(float), std::uintptr_t(1));
        float read = 0;
        std::memcpy(&read, stored.data(), sizeof(read));
        QCOMPARE(read, value);
    }

    void accepts_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char* name, const std::string& bytes) {
            QTest::newRow(name) << QByteArray(bytes.data(), qsizetype(bytes.size()));
        };
        row("no tensors", safetensors("{}"));
        row("only metadata", safetensors(R"({"__metadata__":{}})"));
        row("a scalar", one("F32", "[]", "[0,4]", 4));
        row("an empty tensor", one("F32", "[0,5]", "[0,0]", 0));
        row("bytes after the last tensor", one("F32", "[1]", "[0,4]", 100));
        row("a gap before a tensor", one("F32", "[1]", "[8,12]", 12));
        row("spaces behind the header", safetensors("{}      "));
        row("packed four-bit elements", one("F4", "[3,2]", "[0,3]", 3));
        row("unknown fields",
            safetensors(R"({"w":{"note":"x","list":[1,"a",null],"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1));
        row("a header of 640 bytes, which begins like a pickle", safetensors("{}" + std::string(638, ' ')));
        row("names in any script", safetensors("{" + tensor("\xE5\x9C\x86 \\u00e9", "U8", "[1]", "[0,1]") + "}", 1));
        row("float8", one("F8_E4M3", "[2]", "[0,2]", 2));
    }
    void accepts()
    {
        QFETCH(QByteArray, bytes);
        const fixture::Folder folder;
        const auto file = SafetensorsFile::open(folder.write("m.safetensors", bytes.toStdString()));
        QVERIFY2(file.has_value(), file ? "" : file.error().message.c_str());
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& bytes, const char* says) {
            QTest::newRow(name) << QByteArray(bytes.data(), qsizetype(bytes.size())) << says;
        };
        row("empty file", "", "is empty");
        row("three bytes", "abc", "has only 3 bytes");
        row("only a length", with_length(2, ""), "has only 8 bytes");
        row("Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n", "Git LFS pointer");
        row("web page", "<!DOCTYPE html><html><body>404</body></html>", "web page");
        row("zipped PyTorch file", std::string("PK\x03\x04\x14\0\0\0\0\0\0\0", 12), "PyTorch file");
        row("pickle", std::string("\x80\x02}q\0(X\x06\0\0\0weight", 18), "PyTorch file");
        row("GGUF", std::string("GGUF\x03\0\0\0\0\0\0\0", 12), "GGUF");
        row("header longer than the file", with_length(1000, "{}"), "is cut off: its header has 1000 bytes but only 2");
        row("header of 2^63 bytes", with_length(std::uint64_t(1) << 63, "{}{}"), "is no safetensors file");
        row("header of 2^64-1 bytes", with_length(~std::uint64_t(0), "{}{}"), "is no safetensors file");
        row("header of nothing", with_length(0, "{}{}"), "not a JSON object");
        row("header is a list", safetensors("[1,2]"), "not a JSON object");
        row("header is a number", safetensors("12345"), "not a JSON object");
        row("header is broken JSON", safetensors(R"({"w":{"dtype":)"), "not valid JSON at byte");
        row("text behind the header's object", safetensors("{}{}"), "not valid JSON");
        row("zero byte in the header", safetensors(std::string("{}\0\0", 4)), "zero byte");
        row("byte order mark", safetensors("\xEF\xBB\xBF{}"), "not a JSON object");
        row("no UTF-8", safetensors("{" + tensor("\xC3\x28", "U8", "[1]", "[0,1]") + "}", 1), "not valid JSON");
        row("nested objects", safetensors(R"({"w":{"shape":{"a":1}}})"), "nested deeper");
        row("JSON bomb", safetensors("{\"w\":" + std::string(1'000'000, '[')), "not described by a JSON object");
        row("JSON bomb in a field", safetensors("{\"w\":{\"x\":" + std::string(1'000'000, '[')), "nested deeper");
        row("JSON bomb of objects", safetensors([] {
                std::string text;
                for (int level = 0; level < 100'000; ++level) text += "{\"a\":";
                return text;
            }()),
            "nested deeper");
        row("a tensor that is a number", safetensors(R"({"w":1})"), "'w' is not described");
        row("metadata that is a number", safetensors(R"({"__metadata__":{"a":1}})"), "metadata");
        row("metadata that is a list", safetensors(R"({"__metadata__":["a"]})"), "metadata");
        row("no dtype", safetensors(R"({"w":{"shape":[1],"data_offsets":[0,1]}})", 1), "'w' has no 'dtype'");
        row("no shape", safetensors(R"({"w":{"dtype":"U8","data_offsets":[0,1]}})", 1), "'w' has no 'shape'");
        row("no offsets", safetensors(R"({"w":{"dtype":"U8","shape":[1]}})", 1), "'w' has no 'data_offsets'");
        row("dtype that is a number", safetensors(R"({"w":{"dtype":7,"shape":[1],"data_offsets":[0,1]}})", 1),
            "malformed 'dtype'");
        row("unknown dtype", one("Q4_K", "[1]", "[0,1]", 1), "'w' has the unknown dtype 'Q4_K'");
        row("dtype in small letters", one("f32", "[1]", "[0,4]", 4), "unknown dtype 'f32'");
        row("a field twice", safetensors(R"({"w":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}})", 1),
            "'dtype' twice");
        row("a name twice",
            safetensors("{" + tensor("w", "U8", "[1]", "[0,1]") + "," + tensor("w", "U8", "[1]", "[1,2]") + "}", 2),
            "'w' is described twice");
        row("negative dimension", one("F32", "[-1]", "[0,4]", 4), "'w' has a negative dimension");
        row("fractional dimension", one("F32", "[1.5]", "[0,4]", 4), "malformed 'shape'");
        row("dimension of 2^63", one("U8", "[9223372036854775808]", "[0,4]", 4), "impossible dimension");
        row("dimension beyond every integer", one("U8", "[99999999999999999999999]", "[0,4]", 4), "malformed 'shape'");
        row("shape that is a text", safetensors(R"({"w":{"dtype":"U8","shape":"1","data_offsets":[0,1]}})", 1),
            "malformed 'shape'");
        row("element count overflows", one("F32", "[4294967296,4294967296]", "[0,4]", 4), "impossible size");
        row("element count overflows beside a zero", one("F32", "[0,4294967296,4294967296]", "[0,0]", 0), "impossible size");
        row("half a byte", one("F4", "[3]", "[0,2]", 2), "impossible size");
        row("size against shape", one("F32", "[2,3]", "[0,20]", 20), "'w' has 20 bytes but F32 of [2, 3] needs 24");
        row("one offset", one("F32", "[1]", "[0]", 4), "malformed 'data_offsets'");
        row("three offsets", one("F32", "[1]", "[0,4,8]", 8), "malformed 'data_offsets'");
        row("negative offset", one("F32", "[1]", "[-4,0]", 4), "malformed 'data_offsets'");
        row("offsets backwards", one("F32", "[1]", "[4,0]", 4), "ends at byte 0 before it begins at 4");
        row("data cut off", one("F32", "[100]", "[0,400]", 399), "ends at byte 400 of the data but only 399 are there");
        row("offsets near 2^64", one("F32", "[1]", "[18446744073709551608,18446744073709551612]", 4),
            "ends at byte 18446744073709551612");
        row("overlap", safetensors("{" + tensor("a", "U8", "[4]", "[0,4]") + "," + tensor("b", "U8", "[4]", "[3,7]") + "}", 7),
            "'b' overlaps");
        row("the same bytes twice",
            safetensors("{" + tensor("a", "U8", "[4]", "[0,4]") + "," + tensor("b", "U8", "[4]", "[0,4]") + "}", 4), "overlaps");
        row("line break in a name", safetensors("{" + tensor("a\\nb\\u001b[31m", "F99", "[1]", "[0,1]") + "}", 1),
            "'a?b?[31m' has the unknown dtype");
        row("a name of a megabyte", safetensors("{" + tensor(std::string(1'000'000, 'n'), "F99", "[1]", "[0,1]") + "}", 1),
            "nnn...' has the unknown dtype");
    }
    void refuses()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const fixture::Folder folder;
        const auto file = SafetensorsFile::open(folder.write("m.safetensors", bytes.toStdString()));
        COMPARE_REFUSAL(file, ErrorCode::BadModel, says.toStdString());
        QVERIFY2(file.error().message.find("m.safetensors") != std::string::npos, file.error().message.c_str());
    }

    void refusesAFolderAndUsesTheGivenCode()
    {
        const fixture::Folder folder;
        COMPARE_REFUSAL(SafetensorsFile::open(folder.path()), ErrorCode::BadModel, "is a folder");
        COMPARE_REFUSAL(SafetensorsFile::open(folder.path() / "latents.safetensors", ErrorCode::BadInput), ErrorCode::BadInput,
                        "does not exist");
        COMPARE_REFUSAL(SafetensorsFile::open(folder.write("l.safetensors", "abc"), ErrorCode::BadInput), ErrorCode::BadInput,
                        "3 bytes");
    }

    void everyPrefixOfAGoodFileIsRefused()
    {
        const fixture::Folder folder;
        const std::string whole =
            safetensors("{" + tensor("a", "F32", "[2]", "[0,8]") + "," + tensor("b", "U8", "[3]", "[8,11]") + "}", 11);
        for (std::size_t length = 0; length < whole.size(); ++length) {
            COMPARE_REFUSAL(SafetensorsFile::open(folder.write("m.safetensors", whole.substr(0, length))), ErrorCode::BadModel,
                            "m.safetensors");
        }
        QVERIFY(SafetensorsFile::open(folder.write("m.safetensors", whole)).has_value());
    }

    void readsFilesThatPythonWrote()
    {
        const std::filesystem::path model = std::filesystem::path(HEADROOM_GOLDENS_DIR) / "tiny_wan";
        const auto vae = SafetensorsFile::open(model / "vae" / "diffusion_pytorch_model.safetensors");
        QVERIFY(vae.has_value());
        QCOMPARE(vae->metadata().at("format"), std::string("pt"));
        const TensorEntry* bias = vae->find("decoder.conv_in.bias");
        QVERIFY(bias);
        QCOMPARE(bias->dtype, StoredDtype::F32);
        QCOMPARE(bias->shape.size(), std::size_t(1));
        std::size_t total = 0;
        for (const TensorEntry& entry : vae->entries()) total += entry.bytes.size();
        const auto end = vae->entries().back().bytes;
        QVERIFY(total > 0);
        QCOMPARE(std::size_t(end.data() + end.size() - vae->entries().front().bytes.data()), total);
        for (const char* part : {"text_encoder/model.safetensors", "transformer/diffusion_pytorch_model.safetensors"}) {
            QVERIFY(SafetensorsFile::open(model / part).has_value());
        }
    }
};

QTEST_APPLESS_MAIN(TestSafetensorsFile)
#include "test_safetensors_file.moc"
