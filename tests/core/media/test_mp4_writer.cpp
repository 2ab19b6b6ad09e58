#include <QtTest>

#include <QJsonArray>

#include "core/media/h264_encoder.h"
#include "tests/core/media/clip_support.h"

using namespace headroom;
using namespace headroom::media;
using namespace headroom::media::test;

namespace {

constexpr int kPatch = 32;
constexpr std::uint8_t kColours[][3] = {{0, 255, 0},   {255, 0, 0},     {0, 0, 255},   {255, 255, 255},
                                        {0, 0, 0},     {128, 128, 128}, {255, 255, 0}, {0, 255, 255},
                                        {255, 0, 255}, {230, 180, 150}, {20, 60, 140}, {250, 128, 10}};
constexpr int kColumns = 4;
constexpr int kRows = 3;

RgbFrame patches()
{
    RgbFrame frame{kPatch * kColumns, kPatch * kRows, {}};
    for (int y = 0; y < frame.height; ++y) {
        for (int x = 0; x < frame.width; ++x) {
            const auto& colour = kColours[y / kPatch * kColumns + x / kPatch];
            frame.pixels.insert(frame.pixels.end(), std::begin(colour), std::end(colour));
        }
    }
    return frame;
}

/// The largest distance of any channel inside the patches, away from their edges.
int patch_error(const std::uint8_t* pixels)
{
    int largest = 0;
    for (int row = 0; row < kRows; ++row) {
        for (int column = 0; column < kColumns; ++column) {
            for (int y = 8; y < kPatch - 8; ++y) {
                for (int x = 8; x < kPatch - 8; ++x) {
                    const std::uint8_t* pixel =
                        pixels + (std::size_t(row * kPatch + y) * kPatch * kColumns + std::size_t(column * kPatch + x)) * 3;
                    for (int c = 0; c < 3; ++c)
                        largest = std::max(largest, std::abs(int(pixel[c]) - int(kColours[row * kColumns + column][c])));
                }
            }
        }
    }
    return largest;
}

}  // namespace

class TestMp4Writer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void coloursComeBackThroughOurReaderAndFfmpeg()
    {
        const QTemporaryDir folder;
        const auto path = in_folder(folder, "patches.mp4");
        QCOMPARE(write_clip(path, std::vector<RgbFrame>(5, patches()), 16), std::string());
        const ReadClip read = read_clip(path);
        QCOMPARE(read.error, std::string());
        QCOMPARE(read.frames.size(), std::size_t(5));
        for (const RgbFrame& frame : read.frames)
            QVERIFY2(patch_error(frame.pixels.data()) <= 3, qPrintable(QString::number(patch_error(frame.pixels.data()))));
        // ffmpeg is told the tagged matrix: the scale filter of 5.1 takes it from the frame only when it converts between YUV
        // formats.
        const QByteArray judged =
            decode_with_ffmpeg(path, "scale=in_color_matrix=bt709:in_range=tv:flags=accurate_rnd+full_chroma_int");
        QCOMPARE(judged.size(), qsizetype(5 * kPatch * kColumns * kPatch * kRows * 3));
        const int judged_error = patch_error(reinterpret_cast<const std::uint8_t*>(judged.constData()));
        QVERIFY2(judged_error <= 3, qPrintable(QString::number(judged_error)));
    }

    void everyTagIsSet()
    {
        const QTemporaryDir folder;
        const auto path = in_folder(folder, "clip.mp4");
        const ClipMetadata metadata{"A red circle", R"({"headroom":1,"seed":3})"};
        QCOMPARE(write_clip(path, busy_clip(96, 64, 33), 16, metadata), std::string());
        const QJsonObject probed = probe(path);
        const QJsonObject stream = probed["streams"].toArray()[0].toObject();
        const QList<QPair<QString, QString>> expected{
            {"codec_name", "h264"},         {"pix_fmt", "yuv420p"},       {"color_range", "tv"},       {"color_space", "bt709"},
            {"color_transfer", "bt709"},    {"color_primaries", "bt709"}, {"chroma_location", "left"}, {"r_frame_rate", "16/1"},
            {"avg_frame_rate", "16/1"},     {"nb_frames", "33"},          {"nb_read_frames", "33"},    {"start_time", "0.000000"},
            {"sample_aspect_ratio", "1:1"}, {"duration", "2.062500"}};
        for (const auto& [key, value] : expected)
            QVERIFY2(stream[key].toString() == value, qPrintable(key + ": " + stream[key].toString()));
        const QJsonObject format = probed["format"].toObject();
        QCOMPARE(format["tags"].toObject()["title"].toString(), QString("A red circle"));
        QCOMPARE(format["tags"].toObject()["comment"].toString(), QString(R"({"headroom":1,"seed":3})"));
    }

    void indexStandsBeforeThePictures()
    {
        const QTemporaryDir folder;
        const auto path = in_folder(folder, "clip.mp4");
        QCOMPARE(write_clip(path, busy_clip(96, 64, 20), 16), std::string());
        QFile file(QString::fromStdString(path.string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QStringList boxes;
        for (qint64 position = 0; position + 8 <= file.size();) {
            file.seek(position);
            const QByteArray head = file.read(8);
            boxes << QString::fromLatin1(head.mid(4));
            position += qMax<qint64>(8, qFromBigEndian<quint32>(head.constData()));
        }
        QVERIFY2(boxes.contains("moov") && boxes.indexOf("moov") < boxes.indexOf("mdat"), qPrintable(boxes.join(' ')));
        QVERIFY2(!boxes.contains("moof"), qPrintable(boxes.join(' ')));
    }

    void pictureIsClose()
    {
        const QTemporaryDir folder;
        const auto path = in_folder(folder, "clip.mp4");
        std::vector<RgbFrame> clip;
        for (int i = 0; i < 12; ++i) {
            RgbFrame frame = busy_frame(96, 64, i);
            for (std::size_t p = 2; p < frame.pixels.size(); p += 3) frame.pixels[p] = 90;
            clip.push_back(frame);
        }
        QCOMPARE(write_clip(path, clip, 30), std::string());
        const ReadClip read = read_clip(path);
        QCOMPARE(read.frames.size(), clip.size());
        QCOMPARE(read.info.fps, 30.0);
        for (std::size_t i = 0; i < clip.size(); ++i) {
            double sum = 0;
            for (std::size_t p = 0; p < clip[i].pixels.size(); ++p)
                sum += std::abs(int(clip[i].pixels[p]) - int(read.frames[i].pixels[p]));
            const double mean = sum / double(clip[i].pixels.size());
            QVERIFY2(mean < 3, qPrintable(QString("frame %1: %2").arg(i).arg(mean)));
        }
    }

    void firstEncoderThatOpensIsTaken()
    {
        const H264Candidate missing{"no_such_encoder", "", H264Candidate::Rate::ByQuality};
        const H264Candidate working{"libx264", "preset=ultrafast", H264Candidate::Rate::ByBitrate};
        const H264Candidate misspelt{"libx264", "no_such_option=1", H264Candidate::Rate::ByQuality};
        const std::vector<H264Candidate> list{missing, misspelt, working};
        QVERIFY(open_h264_encoder({64, 48, 16}, list));
        const auto none = open_h264_encoder({64, 48, 16}, std::span(list).first(2));
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::BadOutput);
        QVERIFY2(QString::fromStdString(none.error().message).contains("tried no_such_encoder, libx264"),
                 none.error().message.c_str());
    }
};

QTEST_APPLESS_MAIN(TestMp4Writer)
#include "test_mp4_writer.moc"
