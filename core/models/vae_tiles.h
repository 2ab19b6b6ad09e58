#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/engine/request.h"
#include "core/tensor/tensor.h"

namespace headroom::models {

/// Where tiles lie along one axis, in latent positions, and how their results meet, in pixels.
struct TileAxis {
    struct Span {
        std::int64_t start = 0;
        std::int64_t size = 0;
    };

    std::vector<Span> spans;
    std::int64_t pixels = 0;         ///< Of the whole picture; "pixels" here are patches of an autoencoder that works on these.
    std::int64_t stride_pixels = 0;  ///< What a tile gives to the picture; the last one may have less.
    std::int64_t blend_pixels = 0;   ///< Over how many pixels a tile fades in where it covers the one before it.
};

/// The tiles of a picture, those of a row from left to right, rows from the top.
struct TileGrid {
    TileAxis vertical;
    TileAxis horizontal;
};

/// Whether tiles of that geometry can be laid. scale: pixels along an edge of a latent position. Errors: Usage for sizes and
/// strides that are no positive multiples of the scale (the reference rounds them down for the latents alone, and blends rows
/// that don't match) and for strides beyond the tile (the reference returns pictures with the gaps cut out).
Result<void> check_tiles(const TileGeometry& tiles, std::int64_t scale);

/// The tiles in units of so many pixels.
TileGeometry scaled_down(const TileGeometry& tiles, std::int64_t unit);

/// One tile that is the whole picture.
TileGrid whole_picture(std::int64_t latent_height, std::int64_t latent_width, std::int64_t scale);

/// The tiles of tiled_decode in diffusers 0.42.1 (models/autoencoders/autoencoder_kl_wan.py): they begin a stride apart and
/// end at the picture's edge. Where neither edge of the picture is longer than the tile's, the picture is decoded whole. A tile
/// that lies wholly inside the one before it is decoded too: it fades in over its whole width, and so the reference's pixels
/// depend on it. tiles must have passed check_tiles.
TileGrid tile_grid(const TileGeometry& tiles, std::int64_t latent_height, std::int64_t latent_width, std::int64_t scale);

/// Puts the tiles of one chunk together, as the reference does after it has decoded all of all chunks: each is blended with the
/// tile above, then with the one to the left (as they are after their own blending), and gives its first stride of rows and
/// columns. It keeps no tile, but the edges that those to come are blended with. Blending is in float32.
class TileBlender {
public:
    /// The grid must outlive the blender.
    explicit TileBlender(const TileGrid& grid);

    /// The next tile, in the grid's order: [frames, batch, rows, columns, channels].
    void add(Tensor tile);
    /// The picture, once all tiles are there: [frames, batch, height, width, channels], in their dtype.
    Tensor take() { return std::move(m_picture); }

private:
    const TileGrid* m_grid;
    Tensor m_picture;
    std::size_t m_row = 0;
    std::size_t m_column = 0;
    std::vector<Tensor> m_above;  // The last rows of the tiles above, by column, float32.
    Tensor m_left;                // The last columns of the tile to the left, float32.
};

}  // namespace headroom::models
