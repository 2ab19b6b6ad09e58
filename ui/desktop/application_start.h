#pragma once

#include <memory>

#include <QApplication>

namespace headroom::ui {

/// Makes the application. Where there is no display, Qt would abort the program with four lines of its own: this ends it with
/// status 2 and one sentence on standard error that says what works without a display. argc and argv outlive the application; Qt
/// takes its options out.
std::unique_ptr<QApplication> startApplication(int& argc, char** argv);

}  // namespace headroom::ui
