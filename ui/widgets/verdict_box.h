#pragma once

#include <vector>

#include <QWidget>

#include "ui/models/remedy_offers.h"

class QLabel;
class QPushButton;

namespace headroom::ui {

/// Whether the clip fits, in one line with a sign, and below it what would make it fit, a button each.
class VerdictBox : public QWidget {
    Q_OBJECT

public:
    enum class Kind { Unknown, Fits, Approximate, TooLarge };

    explicit VerdictBox(QWidget* parent = nullptr);

    /// An empty sentence hides the box.
    void showVerdict(Kind kind, const QString& sentence, const std::vector<RemedyOffer>& remedies);

    Kind kind() const { return m_kind; }
    QString sentence() const;

Q_SIGNALS:
    void remedyChosen(const headroom::ui::RemedyOffer& remedy);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitSentence();

    Kind m_kind = Kind::Unknown;
    QLabel* m_sentence = nullptr;
    std::vector<QPushButton*> m_buttons;
    std::vector<RemedyOffer> m_remedies;
};

}  // namespace headroom::ui
