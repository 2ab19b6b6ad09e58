#include "app/cli/vae_option.h"

#include <charconv>
#include <string_view>

namespace headroom::app {

namespace {

constexpr int kMostPixels = 65536;
constexpr int kMostStrips = 64;

/// Takes a number from the front of `text`; 0 when there is none or it is out of range.
int take_number(std::string_view& text, int most)
{
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 1 || number > most) return 0;
    text.remove_prefix(std::size_t(end - text.data()));
    return number;
}

bool take(std::string_view& text, char expected)
{
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(1);
    return true;
}

bool take_size(std::string_view& text, int& width, int& height)
{
    width = take_number(text, kMostPixels);
    if (width == 0 || !take(text, 'x')) return false;
    height = take_number(text, kMostPixels);
    return height != 0;
}

Result<TileGeometry> parse_tiles(std::string_view text)
{
    TileGeometry tiles;
    std::string_view rest = text;
    if (!take_size(rest, tiles.tile_width, tiles.tile_height) || !take(rest, '+') ||
        !take_size(rest, tiles.stride_width, tiles.stride_height) || !rest.empty()) {
        return fail(
            ErrorCode::Usage,
            "--vae tiles:{} is not a tiling: give tiles:TILE_WxTILE_H+STRIDE_WxSTRIDE_H in pixels, as in tiles:256x256+192x192",
            text);
    }
    if (tiles.stride_width > tiles.tile_width || tiles.stride_height > tiles.tile_height) {
        return fail(ErrorCode::Usage, "--vae tiles:{} leaves gaps: a stride may be at most as long as its tile", text);
    }
    return tiles;
}

}  // namespace

Result<void> parse_vae_option(const std::string& text, Pins& pins)
{
    const std::string_view view = text;
    if (view == "auto") return {};
    if (view == "whole") {
        pins.vae = VaeMethod::Whole;
    } else if (view == "strips") {
        pins.vae = VaeMethod::Strips;
    } else if (view.starts_with("strips:")) {
        std::string_view rest = view.substr(7);
        const int strips = take_number(rest, kMostStrips);
        if (strips == 0 || !rest.empty())
            return fail(ErrorCode::Usage, "--vae {}: give strips:N with 1 to {} strips", text, kMostStrips);
        pins.vae = VaeMethod::Strips;
        pins.strips = strips;
    } else if (view == "tiles") {
        pins.vae = VaeMethod::Tiles;
    } else if (view.starts_with("tiles:")) {
        pins.vae = VaeMethod::Tiles;
        pins.tiles = TRY(parse_tiles(view.substr(6)));
    } else {
        return fail(ErrorCode::Usage, "--vae '{}' is not known: give auto, whole, strips, tiles or tiles:WxH+WxH in pixels",
                    text);
    }
    return {};
}

}  // namespace headroom::app
