#pragma once

#include <QAbstractButton>
#include <QLabel>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QSet>
#include <QStringList>

namespace headroom::test {

/// The letters that more than one of these texts are reached by with Alt, as "Alt+F: &File, &Frames".
inline QStringList clashingMnemonics(const QStringList& texts)
{
    QMap<QString, QStringList> reached;
    for (const QString& text : texts) {
        const QKeySequence keys = QKeySequence::mnemonic(text);
        if (!keys.isEmpty()) reached[keys.toString()] << text;
    }
    QStringList clashes;
    for (auto it = reached.begin(); it != reached.end(); ++it) {
        if (it->size() > 1) clashes << QStringLiteral("%1: %2").arg(it.key(), it->join(QStringLiteral(", ")));
    }
    return clashes;
}

inline QStringList textsOf(const QList<QAction*>& actions)
{
    QStringList texts;
    for (const QAction* action : actions) texts << action->text();
    return texts;
}

/// The letters that reach more than one thing in the window or in one of its menus.
inline QStringList clashingMnemonics(const QMainWindow& window)
{
    QStringList texts = textsOf(window.menuBar()->actions());
    for (const QLabel* label : window.findChildren<QLabel*>()) {
        if (label->buddy()) texts << label->text();
    }
    for (const QAbstractButton* button : window.findChildren<QAbstractButton*>()) texts << button->text();
    QStringList clashes = clashingMnemonics(texts);
    for (const QMenu* menu : window.menuBar()->findChildren<QMenu*>()) clashes += clashingMnemonics(textsOf(menu->actions()));
    return clashes;
}

}  // namespace headroom::test
