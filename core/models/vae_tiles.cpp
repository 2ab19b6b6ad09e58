#include "core/models/vae_tiles.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

namespace headroom::models {

namespace {

constexpr std::int64_t kRowAxis = 2;
constexpr std::int64_t kColumnAxis = 3;

Result<void> check_axis(const char* edge, std::int64_t tile, std::int64_t stride, std::int64_t scale)
{
    for (const auto& [what, pixels] : {std::pair("tiles", tile), std::pair("strides", stride)}) {
        if (pixels < scale || pixels % scale != 0) {
            return fail(
                ErrorCode::Usage,
                "--vae: {} with a {} of {} pixels are not possible: it must be a multiple of {}, since a latent position stands "
                "for {} pixels (diffusers rounds it down for the latents alone and blends rows that do not match)",
                what, edge, pixels, scale, scale);
        }
    }
    if (stride > tile) {
        return fail(
            ErrorCode::Usage,
            "--vae: tiles with a {} of {} pixels can't begin {} pixels apart: the stride must be {} at most, or gaps are left "
            "between them (diffusers returns pictures without what lies in the gaps)",
            edge, tile, stride, tile);
    }
    return {};
}

TileAxis tile_axis(std::int64_t latents, std::int64_t tile, std::int64_t stride, std::int64_t scale)
{
    TileAxis axis{{}, latents * scale, stride * scale, (tile - stride) * scale};
    for (std::int64_t start = 0; start < latents; start += stride) {
        axis.spans.push_back({start, std::min(tile, latents - start)});
    }
    return axis;
}

// The tile's first rows (or columns) fade in over the last ones of the tile before it.
void fade_in(Tensor& tile, const Tensor& before, std::int64_t axis, std::int64_t blend_pixels)
{
    const std::int64_t extent = std::min({before.size(axis), tile.size(axis), blend_pixels});
    if (extent <= 0) return;
    std::vector<double> rising, falling;
    for (std::int64_t i = 0; i < extent; ++i) {
        rising.push_back(double(i) / double(extent));
        falling.push_back(1 - double(i) / double(extent));
    }
    std::vector<std::int64_t> shape(std::size_t(tile.dim()), 1);
    shape[std::size_t(axis)] = extent;
    const auto weights = [&](const std::vector<double>& values) {
        return at::tensor(values, at::TensorOptions().dtype(at::kFloat)).view(shape).to(tile.device());
    };
    Tensor begin = tile.narrow(axis, 0, extent);
    const Tensor end = before.narrow(axis, before.size(axis) - extent, extent);
    begin.mul_(weights(rising)).add_(end.mul(weights(falling)));
}

Tensor last_of(const Tensor& tile, std::int64_t axis, std::int64_t count)
{
    count = std::min(count, tile.size(axis));
    return tile.narrow(axis, tile.size(axis) - count, count).clone(at::MemoryFormat::Contiguous);
}

}  // namespace

Result<void> check_tiles(const TileGeometry& tiles, std::int64_t scale)
{
    TRY(check_axis("height", tiles.tile_height, tiles.stride_height, scale));
    TRY(check_axis("width", tiles.tile_width, tiles.stride_width, scale));
    return {};
}

TileGeometry scaled_down(const TileGeometry& tiles, std::int64_t unit)
{
    return {.tile_width = int(tiles.tile_width / unit),
            .tile_height = int(tiles.tile_height / unit),
            .stride_width = int(tiles.stride_width / unit),
            .stride_height = int(tiles.stride_height / unit)};
}

TileGrid whole_picture(std::int64_t latent_height, std::int64_t latent_width, std::int64_t scale)
{
    return {tile_axis(latent_height, latent_height, latent_height, scale),
            tile_axis(latent_width, latent_width, latent_width, scale)};
}

TileGrid tile_grid(const TileGeometry& tiles, std::int64_t latent_height, std::int64_t latent_width, std::int64_t scale)
{
    const std::int64_t height = tiles.tile_height / scale, width = tiles.tile_width / scale;
    if (latent_height <= height && latent_width <= width) return whole_picture(latent_height, latent_width, scale);
    return {tile_axis(latent_height, height, tiles.stride_height / scale, scale),
            tile_axis(latent_width, width, tiles.stride_width / scale, scale)};
}

TileBlender::TileBlender(const TileGrid& grid) : m_grid(&grid), m_above(grid.horizontal.spans.size()) {}

void TileBlender::add(Tensor tile)
{
    const TileAxis& vertical = m_grid->vertical;
    const TileAxis& horizontal = m_grid->horizontal;
    if (vertical.spans.size() == 1 && horizontal.spans.size() == 1) {
        m_picture = std::move(tile);
        return;
    }
    if (!m_picture.defined()) {
        m_picture = at::empty({tile.size(0), tile.size(1), vertical.pixels, horizontal.pixels, tile.size(4)}, tile.options());
    }
    tile = tile.to(at::kFloat);
    if (m_row > 0) fade_in(tile, m_above[m_column], kRowAxis, vertical.blend_pixels);
    if (m_column > 0) fade_in(tile, m_left, kColumnAxis, horizontal.blend_pixels);
    m_above[m_column] = last_of(tile, kRowAxis, vertical.blend_pixels);
    m_left = last_of(tile, kColumnAxis, horizontal.blend_pixels);

    const std::int64_t top = std::int64_t(m_row) * vertical.stride_pixels;
    const std::int64_t left = std::int64_t(m_column) * horizontal.stride_pixels;
    const std::int64_t rows = std::min(tile.size(kRowAxis), vertical.stride_pixels);
    const std::int64_t columns = std::min(tile.size(kColumnAxis), horizontal.stride_pixels);
    m_picture.narrow(kRowAxis, top, rows)
        .narrow(kColumnAxis, left, columns)
        .copy_(tile.narrow(kRowAxis, 0, rows).narrow(kColumnAxis, 0, columns));
    if (++m_column == horizontal.spans.size()) {
        m_column = 0;
        ++m_row;
    }
}

}  // namespace headroom::models
