#include <QTemporaryDir>
#include <QtTest>

#include <chrono>
#include <fstream>

#include <ATen/ops/randn.h>

#include "core/text/embedding_cache.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::text;
namespace fs = std::filesystem;

class TestEmbeddingCache : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;

    fs::path folder() const { return fs::path(m_dir->path().toStdString()) / "state" / "embeddings"; }
    EmbeddingCache cache() const { return EmbeddingCache(folder()); }

    static EmbeddingKey key(std::int32_t token = 7) { return {"umt5 of /models/wan", {12, token, 1}, at::kFloat, at::kCPU}; }

    std::vector<fs::path> files() const
    {
        std::vector<fs::path> paths;
        for (const auto& file : fs::directory_iterator(folder())) paths.push_back(file.path());
        return paths;
    }

    static void age(const fs::path& path, int hours)
    {
        fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(hours));
    }

private Q_SLOTS:
    void init()
    {
        test::seed_random_numbers();
        m_dir = std::make_unique<QTemporaryDir>();
    }

    void givesBackTheSameBits()
    {
        for (const auto dtype : {at::kFloat, at::kBFloat16, at::kHalf}) {
            EmbeddingKey wanted = key();
            wanted.dtype = dtype;
            const Tensor embeddings = at::randn({3, 8}).to(dtype);
            QVERIFY(!cache().size_bytes(wanted));
            QVERIFY(cache().keep(wanted, embeddings).has_value());
            QVERIFY(cache().size_bytes(wanted));
            const auto found = cache().find(wanted);
            QVERIFY(found && found->scalar_type() == dtype && found->equal(embeddings));
        }
        QCOMPARE(files().size(), std::size_t(3));
        const Tensor pooled = at::randn({8});  // one row for the whole prompt
        QVERIFY(cache().keep(key(77), pooled).has_value());
        QVERIFY(cache().find(key(77))->equal(pooled));
        QVERIFY(!cache().keep(key(78), at::randn({1, 3, 8})).has_value());
    }

    void keepsWhatIsNoContiguousTensor()
    {
        const Tensor embeddings = at::randn({8, 3}).t();
        QVERIFY(cache().keep(key(), embeddings).has_value());
        QVERIFY(cache().find(key())->equal(embeddings));
    }

    void findsNothingForAnotherKey()
    {
        QVERIFY(!cache().find(key()));
        QVERIFY(cache().keep(key(), at::randn({3, 8})).has_value());
        EmbeddingKey other_encoder = key(), other_dtype = key(), other_device = key(), longer = key();
        other_encoder.encoder += " of another day";
        other_dtype.dtype = at::kBFloat16;
        other_device.computed_on = at::kCUDA;
        longer.tokens.push_back(1);
        for (const auto& other : {key(8), other_encoder, other_dtype, other_device, longer}) QVERIFY(!cache().find(other));
        QVERIFY(cache().find(key()));
    }

    void ignoresDamagedFiles_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("cut short") << 0;
        QTest::newRow("empty") << 1;
        QTest::newRow("one bit changed") << 2;
        QTest::newRow("another entry under its name") << 3;
    }
    void ignoresDamagedFiles()
    {
        QFETCH(int, kind);
        QVERIFY(cache().keep(key(), at::randn({3, 8})).has_value());
        const auto path = files().at(0);
        if (kind == 0) fs::resize_file(path, fs::file_size(path) - 5);
        if (kind == 1) fs::resize_file(path, 0);
        if (kind == 2) {
            std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
            file.seekg(-1, std::ios::end);
            const char last = char(file.get());
            file.seekp(-1, std::ios::end);
            file.put(char(last ^ 1));
        }
        if (kind == 3) {
            EmbeddingKey half = key();
            half.dtype = at::kHalf;
            QVERIFY(cache().keep(half, at::randn({3, 8}).to(at::kHalf)).has_value());
            for (const auto& other : files()) {
                if (other != path) fs::rename(other, path);
            }
        }
        QVERIFY(!cache().find(key()));
        const Tensor anew = at::randn({3, 8});
        QVERIFY(cache().keep(key(), anew).has_value());
        QVERIFY(cache().find(key())->equal(anew));
    }

    void removesTheLeastRecentlyUsed()
    {
        QVERIFY(cache().keep(key(0), at::randn({100, 100})).has_value());
        const auto size_bytes = std::int64_t(fs::file_size(files().at(0)));
        const EmbeddingCache small(folder(), 3 * size_bytes);
        for (const std::int32_t token : {1, 2}) QVERIFY(small.keep(key(token), at::randn({100, 100})).has_value());
        for (const auto& path : files()) age(path, 2);
        QVERIFY(small.find(key(0)));  // used now
        QVERIFY(small.keep(key(3), at::randn({100, 100})).has_value());
        QCOMPARE(files().size(), std::size_t(3));
        QVERIFY(small.size_bytes(key(0)) && small.size_bytes(key(3)));
        QVERIFY(small.size_bytes(key(1)) != small.size_bytes(key(2)));
    }

    void removesPartsOfACrash()
    {
        QVERIFY(cache().keep(key(0), at::randn({10, 10})).has_value());
        std::ofstream(folder() / "0123.safetensors.part") << std::string(5000, 'x');
        age(folder() / "0123.safetensors.part", 3);
        QVERIFY(EmbeddingCache(folder(), 2000).keep(key(1), at::randn({10, 10})).has_value());
        QVERIFY(!fs::exists(folder() / "0123.safetensors.part"));
        QVERIFY(cache().size_bytes(key(0)) && cache().size_bytes(key(1)));
    }

    void isForThePersonAlone()
    {
        QVERIFY(cache().keep(key(), at::randn({3, 8})).has_value());
        QCOMPARE(fs::status(folder()).permissions(), fs::perms::owner_all);
        const auto name = files().at(0).stem().string();
        QCOMPARE(name.size(), std::size_t(32));
        QCOMPARE(name.find_first_not_of("0123456789abcdef"), std::string::npos);
    }

    void saysWhyNothingCanBeKept()
    {
        std::ofstream(m_dir->path().toStdString() + "/state") << "a file where the folder should be";
        const auto kept = cache().keep(key(), at::randn({3, 8}));
        QVERIFY(!kept.has_value());
        QCOMPARE(kept.error().code, ErrorCode::BadOutput);
        QVERIFY(!cache().find(key()));
    }
};

QTEST_APPLESS_MAIN(TestEmbeddingCache)
#include "test_embedding_cache.moc"
