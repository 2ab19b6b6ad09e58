#include <QTest>

#include "ui/widgets/frame_view.h"

using headroom::ui::Fit;
using headroom::ui::FrameView;
using headroom::ui::Scaling;

namespace {

QImage halves(int width, int height)
{
    QImage image(width, height, QImage::Format_RGB32);
    image.fill(Qt::red);
    for (int y = 0; y < height; ++y) {
        for (int x = width / 2; x < width; ++x) image.setPixelColor(x, y, Qt::blue);
    }
    return image;
}

}  // namespace

class TestFrameView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsTheAspectRatio()
    {
        FrameView view;
        view.resize(300, 300);
        view.setImage(halves(64, 32));
        QCOMPARE(view.pictureRect(), QRectF(0, 75, 300, 150));
    }

    void enlargesByWholeMultiplesWhenPixelExact()
    {
        FrameView view;
        view.resize(300, 300);
        view.setScaling(Scaling::PixelExact);
        view.setImage(halves(64, 32));
        QCOMPARE(view.pictureRect().size(), QSizeF(256, 128));
    }

    void showsActualSize()
    {
        FrameView view;
        view.resize(300, 300);
        view.setFit(Fit::ActualSize);
        view.setImage(halves(64, 32));
        QCOMPARE(view.pictureRect().size(), QSizeF(64, 32));
    }

    void nearestPixelsHaveHardEdges()
    {
        FrameView view;
        view.resize(200, 200);
        view.setScaling(Scaling::PixelExact);
        view.setImage(halves(2, 2));
        const QImage drawn = view.grab().toImage();
        QCOMPARE(drawn.pixelColor(98, 100), QColor(Qt::red));
        QCOMPARE(drawn.pixelColor(101, 100), QColor(Qt::blue));
    }

    void smoothPixelsBlend()
    {
        FrameView view;
        view.resize(200, 200);
        view.setImage(halves(2, 2));
        const QColor middle = view.grab().toImage().pixelColor(100, 100);
        QVERIFY(middle.red() > 20 && middle.blue() > 20);
    }

    void aNewPictureIsDrawn()
    {
        FrameView view;
        view.resize(100, 100);
        view.setImage(halves(2, 2));
        view.grab();
        QImage green(2, 2, QImage::Format_RGB32);
        green.fill(Qt::green);
        view.setImage(green);
        QCOMPARE(view.grab().toImage().pixelColor(20, 50), QColor(Qt::green));
    }
};

QTEST_MAIN(TestFrameView)
#include "test_frame_view.moc"
