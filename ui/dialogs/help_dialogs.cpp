#include "ui/dialogs/help_dialogs.h"

#include <QApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QIcon>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace headroom::ui {

namespace {

QString translated(const char* text)
{
    return QCoreApplication::translate("headroom::ui::HelpDialogs", text);
}

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
    QDialog* dialog = newDialog(translated("About Headroom"), parent);
    auto* icon = new QLabel(dialog);
    icon->setPixmap(QApplication::windowIcon().pixmap(64, 64));
    dialog->layout()->addWidget(icon);
    auto* name = selectableLabel(translated("Headroom %1").arg(version), dialog);
    QFont font = name->font();
    font.setPointSizeF(font.pointSizeF() * 1.5);
    font.setWeight(QFont::DemiBold);
    name->setFont(font);
    dialog->layout()->addWidget(name);
    dialog->layout()->addWidget(selectableLabel(translated("Prompt to video inside the memory you allow."), dialog));
    QStringList lines = components;
    lines.prepend(translated("Qt %1").arg(QString::fromLatin1(qVersion())));
    dialog->layout()->addWidget(selectableLabel(lines.join(u'\n'), dialog));
    addCloseButton(dialog);
    dialog->setMinimumWidth(360);
    dialog->show();
}

void showShortcuts(QWidget* parent)
{
    QDialog* dialog = newDialog(translated("Keyboard shortcuts"), parent);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(32);
    form->setVerticalSpacing(8);
    const auto add = [&](const QString& keys, const QString& what) {
        QLabel* label = selectableLabel(keys, dialog);
        label->setForegroundRole(QPalette::PlaceholderText);
        form->addRow(selectableLabel(what, dialog), label);
    };
    add(translated("Ctrl+Enter"), translated("Generate"));
    add(translated("Esc"), translated("Stop"));
    add(translated("Space"), translated("Play or pause"));
    add(translated("Left, Right"), translated("One frame back or on"));
    add(translated("Home, End"), translated("First or last frame"));
    add(translated("Ctrl+L"), translated("Keep the seed, or roll a new one"));
    add(translated("Ctrl+O"), translated("Open clip settings"));
    add(translated("Ctrl+Shift+O"), translated("Open model folder"));
    add(translated("Ctrl+Shift+S"), translated("Save the clip as"));
    add(translated("Ctrl+,"), translated("Settings"));
    add(translated("Ctrl+Q"), translated("Quit"));
    static_cast<QVBoxLayout*>(dialog->layout())->addLayout(form);
    dialog->layout()->addWidget(
        selectableLabel(translated("Play and frame keys work when no text field has the focus."), dialog));
    addCloseButton(dialog);
    dialog->show();
}

}  // namespace headroom::ui
