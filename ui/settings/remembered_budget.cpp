#include "ui/settings/remembered_budget.h"

#include <array>
#include <iterator>
#include <map>

#include "ui/settings/settings_keys.h"

namespace headroom::ui {

namespace {

constexpr std::array kResidencies{"whole_run", "while_stage_runs", "streamed", "on_host", "not_loaded"};
constexpr std::array kOrders{"sequential", "interleaved", "batched"};
constexpr std::array kMethods{"whole", "strips", "tiles"};
constexpr std::array kPlaces{"device", "host"};
constexpr std::array kSlicings{"on", "off"};

using Entries = std::map<QString, QString>;

/// Visits every pin but the tiles, with its key and, for a choice, the names of what can be chosen.
template <typename SomePins, typename Visitor>
void forEachPin(SomePins& pins, const Visitor& visit)
{
    visit("denoiser", pins.denoiser_residency, kResidencies);
    visit("resident_blocks", pins.resident_blocks);
    visit("text", pins.text_residency, kResidencies);
    visit("guidance", pins.guidance, kOrders);
    visit("token_rows", pins.token_rows);
    visit("head_groups", pins.head_groups);
    visit("vae", pins.vae, kMethods);
    visit("strips", pins.strips);
    visit("cache", pins.cache, kPlaces);
    visit("slicing", pins.slicing, kSlicings);
    visit("latents_per_chunk", pins.latents_per_chunk);
}

struct Writer {
    QStringList& lines;

    template <typename Enum, std::size_t N>
    void operator()(const char* key, const std::optional<Enum>& value, const std::array<const char*, N>& names) const
    {
        if (value) lines << QStringLiteral("%1=%2").arg(QLatin1String(key), QLatin1String(names[std::size_t(*value)]));
    }

    template <typename Number>
    void operator()(const char* key, const std::optional<Number>& value) const
    {
        if (value) lines << QStringLiteral("%1=%2").arg(QLatin1String(key)).arg(*value);
    }
};

struct Reader {
    const Entries& entries;

    template <typename Enum, std::size_t N>
    void operator()(const char* key, std::optional<Enum>& value, const std::array<const char*, N>& names) const
    {
        const auto found = entries.find(QLatin1String(key));
        if (found == entries.end()) return;
        for (std::size_t i = 0; i < N; ++i) {
            if (found->second == QLatin1String(names[i])) value = static_cast<Enum>(i);
        }
    }

    template <typename Number>
    void operator()(const char* key, std::optional<Number>& value) const
    {
        const auto found = entries.find(QLatin1String(key));
        bool isNumber = false;
        const qlonglong number = found == entries.end() ? 0 : found->second.toLongLong(&isNumber);
        if (isNumber && number >= 0) value = static_cast<Number>(number);
    }
};

Entries entriesOf(const QStringList& lines)
{
    Entries entries;
    for (const QString& line : lines) entries[line.section(u'=', 0, 0)] = line.section(u'=', 1);
    return entries;
}

}  // namespace

std::optional<std::int64_t> rememberedBudget(const SettingsStore& settings, const std::string& device)
{
    std::optional<std::int64_t> bytes;
    Reader{entriesOf(settings.get(keys::kBudgets))}(device.c_str(), bytes);
    return bytes && *bytes > 0 ? bytes : std::nullopt;
}

void rememberBudget(SettingsStore& settings, const std::string& device, std::optional<std::int64_t> bytes)
{
    QStringList lines = settings.get(keys::kBudgets);
    const QString prefix = QString::fromStdString(device) + u'=';
    lines.removeIf([&](const QString& line) { return line.startsWith(prefix); });
    if (bytes) lines << prefix + QString::number(*bytes);
    settings.set(keys::kBudgets, lines);
}

Pins rememberedPins(const SettingsStore& settings)
{
    const Entries entries = entriesOf(settings.get(keys::kPins));
    Pins pins;
    forEachPin(pins, Reader{entries});
    if (const auto found = entries.find(QStringLiteral("tiles")); found != entries.end()) {
        const QStringList sides = found->second.split(u'x');
        TileGeometry tiles;
        int* const numbers[] = {&tiles.tile_width, &tiles.tile_height, &tiles.stride_width, &tiles.stride_height};
        bool isSound = sides.size() == std::ssize(numbers);
        for (int i = 0; isSound && i < std::ssize(numbers); ++i) isSound = (*numbers[i] = sides[i].toInt()) > 0;
        if (isSound) pins.tiles = tiles;
    }
    return pins;
}

void rememberPins(SettingsStore& settings, const Pins& pins)
{
    QStringList lines;
    forEachPin(pins, Writer{lines});
    if (pins.tiles) {
        lines << QStringLiteral("tiles=%1x%2x%3x%4")
                     .arg(pins.tiles->tile_width)
                     .arg(pins.tiles->tile_height)
                     .arg(pins.tiles->stride_width)
                     .arg(pins.tiles->stride_height);
    }
    settings.set(keys::kPins, lines);
}

}  // namespace headroom::ui
