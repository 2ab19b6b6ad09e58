#include "ui/dialogs/help_dialogs.h"

#include <QApplication>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QIcon>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace headroom::ui {

namespace {

/// The class exists for its name: the context that translators see.
class HelpDialogs {
    Q_DECLARE_TR_FUNCTIONS(HelpDialogs)
};

QLabel* selectableLabel(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setAccessibleName(text);
    return label;
}

QDialog* newDialog(const QString& title, QWidget* parent)
{
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setAccessibleName(title);
    auto* layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(24, 24, 24, 16);
    layout->setSpacing(16);
    return dialog;
}

void addCloseButton(QDialog* dialog)
{
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    // Qt's own translations are not on every machine.
    buttons->button(QDialogButtonBox::Close)->setText(HelpDialogs::tr("Close"));
    for (QAbstractButton* button : buttons->buttons()) {
        button->setIcon({});
        button->setAccessibleName(button->text().remove(u'&'));
    }
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    dialog->layout()->addWidget(buttons);
}

}  // namespace

void showAbout(const QString& version, const QStringList& components, QWidget* parent)
{
    QDialog* dialog = newDialog(HelpDialogs::tr("About Headroom"), parent);
    auto* icon = new QLabel(dialog);
    icon->setPixmap(QApplication::windowIcon().pixmap(64, 64));
    dialog->layout()->addWidget(icon);
    auto* name = selectableLabel(HelpDialogs::tr("Headroom %1").arg(version), dialog);
    QFont font = name->font();
    font.setPointSizeF(font.pointSizeF() * 1.5);
    font.setWeight(QFont::DemiBold);
    name->setFont(font);
    dialog->layout()->addWidget(name);
    dialog->layout()->addWidget(selectableLabel(HelpDialogs::tr("Prompt to video inside the memory you allow."), dialog));
    QStringList lines = components;
    lines.prepend(HelpDialogs::tr("Qt %1").arg(QString::fromLatin1(qVersion())));
    dialog->layout()->addWidget(selectableLabel(lines.join(u'\n'), dialog));
    addCloseButton(dialog);
    dialog->setMinimumWidth(360);
    dialog->show();
}

void showShortcuts(QWidget* parent)
{
    QDialog* dialog = newDialog(HelpDialogs::tr("Keyboard shortcuts"), parent);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(32);
    form->setVerticalSpacing(8);
    const auto add = [&](const QString& keys, const QString& what) {
        QLabel* label = selectableLabel(keys, dialog);
        label->setForegroundRole(QPalette::PlaceholderText);
        QLabel* does = selectableLabel(what, dialog);
        for (QLabel* each : {does, label}) each->setWordWrap(false);
        form->addRow(does, label);
    };
    add(HelpDialogs::tr("Ctrl+Enter"), HelpDialogs::tr("Generate"));
    add(HelpDialogs::tr("Esc"), HelpDialogs::tr("Stop"));
    add(HelpDialogs::tr("Space"), HelpDialogs::tr("Play or pause"));
    add(HelpDialogs::tr("Left, Right"), HelpDialogs::tr("One frame back or on"));
    add(HelpDialogs::tr("Home, End"), HelpDialogs::tr("First or last frame"));
    add(HelpDialogs::tr("Ctrl+L"), HelpDialogs::tr("Keep the seed, or roll a new one"));
    add(HelpDialogs::tr("Ctrl+M"), HelpDialogs::tr("Go to the memory budget"));
    add(HelpDialogs::tr("Page Up, Page Down"), HelpDialogs::tr("Budget: the next plan up or down"));
    add(HelpDialogs::tr("Home, End"), HelpDialogs::tr("Budget: the least that works, the fastest"));
    add(HelpDialogs::tr("Ctrl+O"), HelpDialogs::tr("Open clip settings"));
    add(HelpDialogs::tr("Ctrl+Shift+O"), HelpDialogs::tr("Open model folder"));
    add(HelpDialogs::tr("Ctrl+Shift+S"), HelpDialogs::tr("Save the clip as"));
    add(HelpDialogs::tr("Ctrl+,"), HelpDialogs::tr("Settings"));
    add(HelpDialogs::tr("Ctrl+Q"), HelpDialogs::tr("Quit"));
    static_cast<QVBoxLayout*>(dialog->layout())->addLayout(form);
    dialog->layout()->addWidget(
        selectableLabel(HelpDialogs::tr("Play and frame keys work when no text field has the focus."), dialog));
    addCloseButton(dialog);
    dialog->show();
}

}  // namespace headroom::ui
