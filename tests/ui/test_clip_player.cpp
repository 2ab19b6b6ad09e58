#include <QSignalSpy>
#include <QTest>

#include "ui/widgets/clip_player.h"
#include "ui/widgets/transport_bar.h"

using headroom::ui::ClipPlayer;

namespace {

std::vector<QImage> numberedFrames(int count)
{
    std::vector<QImage> frames;
    for (int i = 0; i < count; ++i) {
        frames.emplace_back(4, 4, QImage::Format_RGB32);
        frames.back().fill(QColor(i, 0, 0));
    }
    return frames;
}

}  // namespace

class TestClipPlayer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsEachFrameAsItArrives()
    {
        ClipPlayer player;
        QSignalSpy shown(&player, &ClipPlayer::frameShown);
        for (const QImage& frame : numberedFrames(3)) player.appendFrame(frame);
        QCOMPARE(shown.count(), 3);
        QCOMPARE(player.index(), 2);
        QCOMPARE(player.currentFrame().pixelColor(0, 0).red(), 2);
    }

    void stepsStayInsideTheClip()
    {
        ClipPlayer player;
        player.setFrames(numberedFrames(3));
        player.seek(-5);
        QCOMPARE(player.index(), 0);
        player.seek(99);
        QCOMPARE(player.index(), 2);
    }

    void stopsAtTheEndWithoutLoop()
    {
        ClipPlayer player;
        player.setFps(100);
        player.setLoops(false);
        player.setFrames(numberedFrames(5));
        QSignalSpy playing(&player, &ClipPlayer::playingChanged);
        player.play();
        QTRY_COMPARE(playing.count(), 2);
        QVERIFY(!player.isPlaying());
        QCOMPARE(player.index(), 4);
    }

    void beginsAgainWithLoop()
    {
        ClipPlayer player;
        player.setFps(100);
        player.setFrames(numberedFrames(3));
        player.seek(1);
        player.play();
        QTRY_COMPARE(player.index(), 2);
        QTRY_COMPARE(player.index(), 0);
        QVERIFY(player.isPlaying());
    }

    void keepsTheClipsLength()
    {
        ClipPlayer player;
        player.setFps(50);
        player.setLoops(false);
        player.setFrames(numberedFrames(26));
        QSignalSpy playing(&player, &ClipPlayer::playingChanged);
        QElapsedTimer clock;
        clock.start();
        player.play();
        QTRY_COMPARE(playing.count(), 2);
        QVERIFY2(clock.elapsed() >= 480 && clock.elapsed() < 2000, qPrintable(QString::number(clock.elapsed())));
    }

    void speedChangesThePace()
    {
        ClipPlayer player;
        player.setFps(10);
        player.setSpeed(16);
        player.setLoops(false);
        player.setFrames(numberedFrames(17));
        QElapsedTimer clock;
        clock.start();
        player.play();
        QTRY_VERIFY(!player.isPlaying());
        QVERIFY2(clock.elapsed() < 1500, qPrintable(QString::number(clock.elapsed())));
    }

    void oneFrameDoesNotPlay()
    {
        ClipPlayer player;
        player.setFrames(numberedFrames(1));
        player.play();
        QVERIFY(!player.isPlaying());
    }

    void counterShowsFrameAndTime()
    {
        QCOMPARE(headroom::ui::frameCounterText(11, 25, 16), QStringLiteral("12 / 25 · 0:00.69"));
        QCOMPARE(headroom::ui::frameCounterText(0, 0, 16), QStringLiteral("0 / 0"));
        QCOMPARE(headroom::ui::frameCounterText(1000, 2000, 16), QStringLiteral("1001 / 2000 · 1:02.50"));
    }
};

QTEST_MAIN(TestClipPlayer)
#include "test_clip_player.moc"
