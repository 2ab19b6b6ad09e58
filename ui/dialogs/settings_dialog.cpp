#include "ui/dialogs/settings_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/settings/output_location.h"
#include "ui/settings/settings_keys.h"
#include "ui/theme/button_role.h"
#include "ui/widgets/elided_label.h"

namespace headroom::ui {

namespace {

QPushButton* namedButton(const QString& text, const QString& accessibleName, QWidget* parent)
{
    auto* button = new QPushButton(text, parent);
    button->setAccessibleName(accessibleName);
    button->setAutoDefault(false);
    return button;
}

/// A list of folders that says so when it is empty.
class FolderList : public QListWidget {
public:
    FolderList(const QString& emptyText, QWidget* parent) : QListWidget(parent), m_emptyText(emptyText) {}

protected:
    void paintEvent(QPaintEvent* event) override
    {
        QListWidget::paintEvent(event);
        if (count() > 0) return;
        QPainter painter(viewport());
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(viewport()->rect().adjusted(16, 8, -16, -8), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
    }

private:
    QString m_emptyText;
};

}  // namespace

SettingsDialog::SettingsDialog(SettingsStore& settings, QWidget* parent) : QDialog(parent), m_settings(settings)
{
    setWindowTitle(tr("Settings"));
    setAccessibleName(windowTitle());
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    // Qt's own translations are not on every machine.
    buttons->button(QDialogButtonBox::Ok)->setText(tr("OK"));
    buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    for (QAbstractButton* button : buttons->buttons()) {
        button->setIcon({});
        button->setAccessibleName(button->text().remove(u'&'));
    }
    setButtonRole(buttons->button(QDialogButtonBox::Ok), ButtonRole::Primary);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 16);
    layout->setSpacing(16);
    layout->addWidget(buildOutput());
    layout->addWidget(buildFolders(), 1);
    layout->addWidget(buttons);
    resize(520, 480);
}

QWidget* SettingsDialog::buildOutput()
{
    auto* group = new QWidget(this);
    m_folder = new QLineEdit(QDir::toNativeSeparators(outputFolder(m_settings)), group);
    m_folder->setObjectName(QStringLiteral("outputFolder"));
    m_folder->setAccessibleName(tr("Folder for clips"));
    auto* browse = namedButton(tr("Browse…"), tr("Browse for the folder for clips"), group);
    m_format = new QComboBox(group);
    m_format->setObjectName(QStringLiteral("outputFormat"));
    m_format->setAccessibleName(tr("Format of clips"));
    m_format->addItem(tr("MP4 – H.264, plays everywhere"), QStringLiteral("mp4"));
    m_format->addItem(tr("MKV – FFV1, lossless"), QStringLiteral("mkv"));
    m_format->addItem(tr("GIF – for sharing, 256 colours"), QStringLiteral("gif"));
    m_format->addItem(tr("PNG – one picture a frame, lossless"), QStringLiteral("png"));
    m_format->setCurrentIndex(std::max(0, m_format->findData(m_settings.get(keys::kOutputFormat))));
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_folder, 1);
    row->addWidget(browse);
    auto* layout = new QVBoxLayout(group);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(makeFieldLabel(tr("Save &clips in"), m_folder, group));
    layout->addLayout(row);
    layout->addSpacing(12);
    layout->addWidget(makeFieldLabel(tr("&Format"), m_format, group));
    layout->addWidget(m_format);
    layout->addSpacing(8);
    m_storePrompt =
        option("storePrompt", tr("Store the &prompt in files"),
               tr("A clip carries its settings, so that dropping it on the window brings them back. When this is off, "
                  "neither the file nor its name tells the prompt."),
               m_settings.get(keys::kStorePrompt));
    m_notify = option("notify", tr("&Tell me when a run ends while I am elsewhere"), {}, m_settings.get(keys::kNotify));
    layout->addWidget(m_storePrompt);
    layout->addWidget(m_notify);
    connect(browse, &QPushButton::clicked, this, [this] {
        const QString chosen = QFileDialog::getExistingDirectory(this, tr("Folder for clips"), m_folder->text());
        if (!chosen.isEmpty()) m_folder->setText(QDir::toNativeSeparators(chosen));
    });
    return group;
}

QCheckBox* SettingsDialog::option(const char* objectName, const QString& text, const QString& hint, bool checked)
{
    auto* box = new QCheckBox(text, this);
    box->setObjectName(QString::fromLatin1(objectName));
    box->setAccessibleName(QString(text).remove(u'&'));
    box->setToolTip(hint);
    box->setChecked(checked);
    return box;
}

QWidget* SettingsDialog::buildFolders()
{
    auto* group = new QWidget(this);
    m_modelFolders =
        new FolderList(tr("No folders yet. A folder with model folders in it is searched when Headroom starts."), group);
    m_modelFolders->setObjectName(QStringLiteral("modelFolders"));
    m_modelFolders->setAccessibleName(tr("Folders with models"));
    m_modelFolders->addItems(m_settings.get(keys::kModelFolders));
    auto* add = namedButton(tr("Add folder…"), tr("Add a folder with models"), group);
    m_remove = namedButton(tr("Remove"), tr("Remove the chosen folder"), group);
    m_remove->setEnabled(false);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(add);
    row->addWidget(m_remove);
    row->addStretch(1);
    auto* layout = new QVBoxLayout(group);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(makeFieldLabel(tr("Look for &models in (besides the Hugging Face cache)"), m_modelFolders, group));
    layout->addWidget(m_modelFolders, 1);
    layout->addSpacing(4);
    layout->addLayout(row);
    connect(m_modelFolders, &QListWidget::currentRowChanged, this, [this](int row) { m_remove->setEnabled(row >= 0); });
    connect(add, &QPushButton::clicked, this, [this] {
        const QString chosen = QFileDialog::getExistingDirectory(this, tr("Folder with models"));
        if (!chosen.isEmpty()) m_modelFolders->addItem(chosen);
    });
    connect(m_remove, &QPushButton::clicked, this, [this] { delete m_modelFolders->takeItem(m_modelFolders->currentRow()); });
    return group;
}

void SettingsDialog::accept()
{
    QStringList folders;
    for (int row = 0; row < m_modelFolders->count(); ++row) folders << m_modelFolders->item(row)->text();
    folders.removeDuplicates();
    m_settings.set(keys::kModelFolders, folders);
    m_settings.set(keys::kOutputFolder, QDir::fromNativeSeparators(m_folder->text().trimmed()));
    m_settings.set(keys::kOutputFormat, m_format->currentData().toString());
    m_settings.set(keys::kStorePrompt, m_storePrompt->isChecked());
    m_settings.set(keys::kNotify, m_notify->isChecked());
    m_settings.sync();
    QDialog::accept();
}

}  // namespace headroom::ui
