#include "ui/dialogs/start_dialog.h"

#include <QDialogButtonBox>
#include <QEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "core/runtime/pip_settings.h"
#include "core/runtime/runtime_place.h"
#include "ui/bridge/runtime_installer.h"
#include "ui/models/byte_text.h"
#include "ui/settings/output_location.h"
#include "ui/theme/button_role.h"
#include "ui/widgets/message_banner.h"

namespace headroom::ui {

namespace {

QPushButton* newButton(const QString& text, const char* objectName, QWidget* parent)
{
    auto* button = new QPushButton(text, parent);
    button->setObjectName(QString::fromLatin1(objectName));
    button->setAccessibleName(QString(text).remove(u'&'));
    button->setAutoDefault(false);
    return button;
}

QLabel* newText(const char* objectName, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setObjectName(QString::fromLatin1(objectName));
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

void showLines(QLabel* label, const QStringList& lines)
{
    label->setText(lines.join(u'\n'));
    label->setAccessibleName(label->text());
}

}  // namespace

StartDialog::StartDialog(std::function<MachineFacts()> look, QWidget* parent) : QDialog(parent), m_look(std::move(look))
{
    setObjectName(QStringLiteral("startDialog"));
    setWindowTitle(tr("Getting started"));
    setAccessibleName(windowTitle());
    m_installer = new RuntimeInstaller(this);
    build();
    connect(m_installer, &RuntimeInstaller::progressed, this, &StartDialog::showProgress);
    connect(m_installer, &RuntimeInstaller::finished, this, &StartDialog::showEnd);
    connect(m_installer, &RuntimeInstaller::failed, this, &StartDialog::showFailure);
    reload();
}

StartDialog::~StartDialog() = default;

QLabel* StartDialog::addSection(QVBoxLayout* layout, const QString& title, const char* objectName)
{
    auto* heading = new QLabel(title, this);
    QFont font = heading->font();
    font.setWeight(QFont::DemiBold);
    heading->setFont(font);
    QLabel* text = newText(objectName, this);
    heading->setBuddy(text);
    auto* section = new QVBoxLayout;
    section->setSpacing(4);
    section->addWidget(heading);
    section->addWidget(text);
    layout->addLayout(section);
    return text;
}

void StartDialog::build()
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 16);
    layout->setSpacing(16);
    m_banner = new MessageBanner(this);
    m_banner->dismiss();
    layout->addWidget(m_banner);
    m_device = addSection(layout, tr("What computes"), "startDevice");
    m_runtime = addSection(layout, tr("GPU runtime"), "startRuntime");
    m_fetch = newButton(tr("&Fetch"), "fetchRuntime", this);
    m_fromFolder = newButton(tr("From &wheels…"), "runtimeFromFolder", this);
    m_fromFolder->setToolTip(tr("Installs the runtime from a folder that has the wheels already, without a network."));
    m_place = newButton(tr("&Change folder…"), "runtimePlace", this);
    m_stop = newButton(tr("&Stop"), "stopRuntime", this);
    setButtonRole(m_stop, ButtonRole::Stop);
    m_progress = new QProgressBar(this);
    m_progress->setObjectName(QStringLiteral("runtimeProgress"));
    m_progress->setAccessibleName(tr("Progress of the GPU runtime"));
    m_progress->setRange(0, 1000);
    m_progress->setTextVisible(false);
    m_actions = new QWidget(this);
    auto* row = new QHBoxLayout(m_actions);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    for (QPushButton* button : {m_fetch, m_fromFolder, m_place, m_stop}) row->addWidget(button);
    row->addStretch(1);
    layout->addWidget(m_progress);
    layout->addWidget(m_actions);
    m_models = addSection(layout, tr("Models"), "startModels");
    m_clips = addSection(layout, tr("Clips are saved in"), "startClips");
    layout->addStretch(1);
    auto* buttons = new QDialogButtonBox(this);
    QPushButton* settings = newButton(tr("Settings…"), "startSettings", this);
    QPushButton* close = newButton(tr("Start"), "startClose", this);
    setButtonRole(close, ButtonRole::Primary);
    buttons->addButton(settings, QDialogButtonBox::ResetRole);
    buttons->addButton(close, QDialogButtonBox::AcceptRole);
    layout->addWidget(buttons);
    close->setDefault(true);
    close->setFocus();
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(settings, &QPushButton::clicked, this, &StartDialog::settingsRequested);
    connect(m_fetch, &QPushButton::clicked, this, [this] { fetch(m_source); });
    connect(m_fromFolder, &QPushButton::clicked, this, &StartDialog::fetchFromFolder);
    connect(m_place, &QPushButton::clicked, this, &StartDialog::chooseRuntimeFolder);
    connect(m_stop, &QPushButton::clicked, m_installer, &RuntimeInstaller::stop);
    setMinimumWidth(520);
}

void StartDialog::reload()
{
    m_facts = m_look();
    QStringList device{MachineText::device(m_facts)};
    if (const QString driver = MachineText::driver(m_facts); !driver.isEmpty()) device << driver;
    showLines(m_device, device);
    const bool fetches = m_installer->isBusy();
    const bool offered = canFetchRuntime(m_facts);
    QStringList runtimeLines{MachineText::runtime(m_facts)};
    if (offered) runtimeLines << tr("It goes to %1").arg(MachineText::folder(folderFacts(fromPath(m_facts.runtime_root))));
    if (!fetches) showLines(m_runtime, runtimeLines);
    QStringList models{tr("A small demo model is included.")};
    for (const FolderFacts& folder : m_facts.model_folders) models << MachineText::folder(folder);
    showLines(m_models, models);
    showLines(m_clips, {MachineText::folder(m_facts.clips)});
    m_actions->setVisible(fetches || offered);
    m_progress->setVisible(fetches);
    m_stop->setVisible(fetches);
    for (QPushButton* button : {m_fetch, m_fromFolder, m_place}) button->setVisible(!fetches);
    fitHeight();
    resize(width(), minimumHeight());
}

void StartDialog::fitHeight()
{
    layout()->activate();
    setMinimumHeight(layout()->totalHeightForWidth(width()));
}

bool StartDialog::event(QEvent* event)
{
    const bool handled = QDialog::event(event);
    if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest) fitHeight();
    return handled;
}

void StartDialog::fetch(const runtime::RuntimeSource& source)
{
    if (!m_facts.manifest) return;
    m_banner->dismiss();
    m_progress->setValue(0);
    m_installer->start(m_facts.runtime_root, *m_facts.manifest, source);
    reload();
}

void StartDialog::fetchFromFolder()
{
    const QString chosen = QFileDialog::getExistingDirectory(this, tr("Folder with the wheels of the GPU runtime"));
    if (chosen.isEmpty()) return;
    runtime::RuntimeSource source = m_source;
    source.wheels_dir = toPath(chosen);
    fetch(source);
}

void StartDialog::chooseRuntimeFolder()
{
    const QString chosen = QFileDialog::getExistingDirectory(this, tr("Folder for the GPU runtime"));
    if (chosen.isEmpty()) return;
    const auto remembered =
        runtime::remember_runtime_folder(runtime::process_environment, runtime::runtime_folder_below(toPath(chosen)));
    if (!remembered) m_banner->showMessage(MessageBanner::Kind::Error, QString::fromStdString(remembered.error().message));
    reload();
}

void StartDialog::showProgress(const runtime::RuntimeProgress& progress)
{
    if (!m_installer->isBusy()) return;
    using Step = runtime::RuntimeProgress::Step;
    const QString step = progress.step == Step::Fetching   ? tr("Fetching")
                         : progress.step == Step::Checking ? tr("Checking")
                                                           : tr("Unpacking");
    QStringList lines{tr("%1 part %2 of %3: %4 of %5")
                          .arg(step)
                          .arg(progress.wheel)
                          .arg(progress.wheels)
                          .arg(byteText(progress.done_bytes), byteText(progress.total_bytes))};
    if (!progress.notice.empty()) lines << tr("%1; trying again").arg(QString::fromStdString(progress.notice));
    showLines(m_runtime, lines);
    if (progress.total_bytes > 0) m_progress->setValue(int(progress.done_bytes * 1000 / progress.total_bytes));
}

void StartDialog::showEnd()
{
    reload();
    m_banner->showMessage(MessageBanner::Kind::Notice,
                          tr("The GPU runtime is installed. Start Headroom anew to compute on the card."));
}

void StartDialog::showFailure(const Error& error)
{
    reload();
    if (error.code == ErrorCode::Cancelled) {
        m_banner->showMessage(MessageBanner::Kind::Notice, tr("Stopped. What was fetched is kept for the next time."));
    } else {
        m_banner->showMessage(MessageBanner::Kind::Error, QString::fromStdString(error.message));
    }
}

}  // namespace headroom::ui
