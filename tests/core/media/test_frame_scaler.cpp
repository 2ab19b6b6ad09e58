#include <QtTest>

#include "core/media/frame_scaler.h"
#include "tests/core/media/clip_support.h"

using namespace headroom;
using namespace headroom::media;

class TestFrameScaler : public QObject {
    Q_OBJECT

    static RgbFrame scaled(const RgbFrame& picture, int width, int height)
    {
        auto scaler = FrameScaler::create(picture.width, picture.height, width, height);
        if (!scaler) qFatal("%s", scaler.error().message.c_str());
        return *scaler->scale(picture);
    }

private Q_SLOTS:
    void coloursStayAsTheyAre()
    {
        RgbFrame plain{50, 36, {}};
        for (int i = 0; i < 50 * 36; ++i) plain.pixels.insert(plain.pixels.end(), {200, 30, 90});
        for (const auto& [width, height] : {std::pair(48, 32), std::pair(96, 80), std::pair(16, 16)}) {
            const RgbFrame result = scaled(plain, width, height);
            QCOMPARE(result.width, width);
            QCOMPARE(result.height, height);
            QCOMPARE(result.pixels.size(), std::size_t(width) * height * 3);
            for (std::size_t i = 0; i < result.pixels.size(); i += 3) {
                QVERIFY(std::abs(result.pixels[i] - 200) <= 2 && std::abs(result.pixels[i + 1] - 30) <= 2 &&
                        std::abs(result.pixels[i + 2] - 90) <= 2);
            }
        }
    }

    void fineStripesBecomeTheirMeanWhenShrunk()
    {
        RgbFrame stripes{64, 64, std::vector<std::uint8_t>(64 * 64 * 3)};
        for (int i = 0; i < 64 * 64; ++i) std::fill_n(stripes.pixels.begin() + i * 3, 3, std::uint8_t(i % 2 ? 200 : 100));
        const RgbFrame result = scaled(stripes, 16, 16);
        for (int y = 2; y < 14; ++y) {
            for (int x = 2; x < 14; ++x) QVERIFY(std::abs(result.pixels[std::size_t(y * 16 + x) * 3] - 150) <= 6);
        }
    }

    void aSlopeStaysASlope()
    {
        RgbFrame slope{32, 16, {}};
        for (int i = 0; i < 32 * 16; ++i) slope.pixels.insert(slope.pixels.end(), 3, std::uint8_t(i % 32 * 8));
        const RgbFrame result = scaled(slope, 64, 32);
        for (int x = 8; x < 56; ++x) {
            const double expected = ((x + 0.5) / 2 - 0.5) * 8;
            QVERIFY(std::abs(result.pixels[std::size_t(16 * 64 + x) * 3] - expected) <= 3);
        }
    }

    void refusesSizesThatAreNone()
    {
        QVERIFY(!FrameScaler::create(16, 16, 0, 16).has_value());
        QVERIFY(!FrameScaler::create(-1, 16, 16, 16).has_value());
    }
};

QTEST_APPLESS_MAIN(TestFrameScaler)
#include "test_frame_scaler.moc"
