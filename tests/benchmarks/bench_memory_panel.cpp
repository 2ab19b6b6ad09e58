// How long a move of the budget slider takes until the window is painted again, and how long an outlook takes to be shown. Prints
// milliseconds; run it offscreen: QT_QPA_PLATFORM=offscreen bench_memory_panel
#include <algorithm>
#include <vector>

#include <QApplication>
#include <QElapsedTimer>
#include <QTest>
#include <QTextStream>

#include "core/base/byte_size.h"
#include "tests/ui/window_fixture.h"
#include "ui/panels/memory_panel.h"
#include "ui/widgets/budget_slider.h"

using namespace headroom;

namespace {

void print(QTextStream& out, const char* what, std::vector<double> milliseconds)
{
    std::ranges::sort(milliseconds);
    out << qSetFieldWidth(44) << Qt::left << what << qSetFieldWidth(0) << "median "
        << QString::number(milliseconds[milliseconds.size() / 2], 'f', 2) << " ms, 95 % below "
        << QString::number(milliseconds[milliseconds.size() * 95 / 100], 'f', 2) << " ms, most "
        << QString::number(milliseconds.back(), 'f', 2) << " ms\n";
}

}  // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QTextStream out(stdout);
    test::WindowFixture fixture;
    fixture.settings->set(ui::keys::kModelDir, QStringLiteral("/fake/wan"));
    fixture.open();
    ui::BudgetModel& budget = fixture.window->memory().budget();
    for (int i = 0; i < 400 && !budget.outlook(); ++i) QTest::qWait(5);
    auto* slider = fixture.child<ui::BudgetSlider>("budgetSlider");
    QElapsedTimer clock;
    std::vector<double> plans, moves;
    for (int i = 0; i < 300; ++i) {
        const int mebibytes = 600 + i * 53 % 15000;
        clock.start();
        (void)plan_within(*budget.outlook(), mebibytes * kMiB);
        plans.push_back(double(clock.nsecsElapsed()) / 1e6);
        clock.start();
        slider->setValue(mebibytes);
        QApplication::processEvents();  // Lays out and paints what has changed.
        moves.push_back(double(clock.nsecsElapsed()) / 1e6);
    }
    std::vector<double> outlooks;
    const GenerateRequest request = budget.request();
    const PlanOutlook outlook = *budget.outlook();
    for (int i = 0; i < 50; ++i) {
        clock.start();
        budget.setOutlook(request, outlook);
        QApplication::processEvents();  // Lays out and paints what has changed.
        outlooks.push_back(double(clock.nsecsElapsed()) / 1e6);
    }
    print(out, "plan for another budget", plans);
    print(out, "slider moved until the window is painted", moves);
    print(out, "outlook arrived until the window is painted", outlooks);
    return 0;
}
