#include "core/models/cogvideox/banded_conv.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/empty.h>

#include "core/tensor/dry_run.h"

namespace headroom::models::cogvideox {

namespace {

constexpr std::int64_t kKernel = 3;

void add(Tensor sum, Tensor piece)
{
    if (sum.scalar_type() == piece.scalar_type()) {
        sum.add_(piece);
        return;
    }
    piece.add_(as_operand(sum, piece.scalar_type()));
    sum.copy_(piece);
}

}  // namespace

std::int64_t BandSize::bands(const LayerInput& input, std::int64_t rows) const
{
    if (numbers <= 0) return 1;
    return std::clamp<std::int64_t>((input.numbers_per_item() + numbers - 1) / numbers, 1, rows);
}

void VaeConv::declare(const nn::Declare& declare, std::int64_t in_channels, std::int64_t out_channels)
{
    const nn::Declare conv = declare.at("conv");
    conv(weight, "weight", {out_channels, in_channels, kKernel, kKernel, kKernel});
    conv(bias, "bias", {out_channels});
}

void PictureConv::declare(const nn::Declare& declare, std::int64_t in_channels, std::int64_t out_channels, Size result_size)
{
    const nn::Declare conv = declare.at("conv");
    conv(weight, "weight", {out_channels, in_channels, kKernel, kKernel});
    conv(bias, "bias", {out_channels});
    size = result_size;
}

BandedConv::BandedConv(const VaeConv& conv, LayerInput input, BandSize bands, ConvPast& past, Keep keep)
    : m_input(std::move(input)),
      m_kernel(conv.weight.value, conv.bias.value),
      m_dtype(conv.weight.value.scalar_type()),
      m_out_channels(conv.weight.value.size(0)),
      m_zeros_before(1),
      m_height(m_input.height),
      m_width(m_input.width),
      m_bands(bands.bands(m_input, m_height)),
      m_past(&past),
      m_keep(keep)
{
}

BandedConv::BandedConv(const PictureConv& conv, LayerInput input, BandSize bands)
    : m_input(std::move(input)),
      m_kernel(conv.weight.value.unsqueeze(2), conv.bias.value,
               {.time = 1, .space = conv.size == PictureConv::Size::Halved ? 2 : 1}),
      m_dtype(conv.weight.value.scalar_type()),
      m_out_channels(conv.weight.value.size(0)),
      m_zeros_before(conv.size == PictureConv::Size::Halved ? 0 : 1),
      m_height(m_input.height / m_kernel.strides().space),
      m_width(m_input.width / m_kernel.strides().space),
      m_bands(bands.bands(m_input, m_height))
{
}

// The input of a piece with what its kernels see around it. top, rows: of the result.
Tensor BandedConv::padded(Range range, std::int64_t top, std::int64_t rows)
{
    const std::int64_t stride = m_kernel.strides().space, before = m_past ? ConvPast::kFrames : 0;
    const std::int64_t first_row = top * stride - m_zeros_before, row_count = (rows - 1) * stride + kKernel;
    const std::int64_t column_count = (m_width - 1) * stride + kKernel;
    const std::int64_t from = std::max<std::int64_t>(0, first_row), to = std::min(m_input.height, first_row + row_count);
    Tensor piece =
        at::empty({before + range.count, m_input.batch, row_count, column_count, m_input.channels}, m_kernel.options());

    const auto clear = [&](std::int64_t axis, std::int64_t inside_first, std::int64_t inside_end) {
        piece.narrow(axis, 0, inside_first).zero_();
        piece.narrow(axis, inside_end, piece.size(axis) - inside_end).zero_();
    };
    clear(2, from - first_row, to - first_row);
    clear(3, m_zeros_before, m_zeros_before + m_input.width);
    Tensor inside = piece.narrow(2, from - first_row, to - from).narrow(3, m_zeros_before, m_input.width);
    for_each_alike(0, range.count, [&](std::int64_t i) { m_input.read(inside[before + i], range.first + i, from); });
    if (!m_past) return piece;

    Tensor past = inside.narrow(0, 0, before);
    if (m_past->is_empty()) {
        past.copy_(inside.narrow(0, before, 1));
    } else {
        m_past->read(past, from);
    }
    if (m_keep == Keep::Past) {
        const Tensor end = inside.narrow(0, range.count, before).narrow(2, top - from, rows);
        m_past->replace(end, top, m_height, m_dtype);
    }
    return piece;
}

template <typename Visit>
void BandedConv::for_each_band(Range range, const Visit& visit)
{
    for (std::int64_t band = 0; band < m_bands; ++band) {
        const std::int64_t top = m_height * band / m_bands, rows = m_height * (band + 1) / m_bands - top;
        const Tensor piece = m_kernel(padded(range, top, rows));  // [frames, batch, rows, width, out]
        visit(piece, top);
    }
}

Frames BandedConv::compute()
{
    Frames frames;
    for_each_band({0, m_input.frames}, [&](const Tensor& piece, std::int64_t top) {
        const bool is_result = m_bands == 1 && piece.scalar_type() == m_dtype;
        for (std::int64_t i = 0; i < m_input.frames; ++i) {
            if (is_result) {
                frames.push_back(piece[i]);
                continue;
            }
            if (top == 0) {
                frames.push_back(at::empty({m_input.batch, m_height, m_width, m_out_channels}, piece.options().dtype(m_dtype)));
            }
            frames[std::size_t(i)].narrow(1, top, piece.size(2)).copy_(piece[i]);
        }
    });
    return frames;
}

void BandedConv::add_to(Frames& sum)
{
    for_each_band({0, m_input.frames}, [&](const Tensor& piece, std::int64_t top) {
        count_moved(3.0 * double(piece.nbytes()));
        for_each_alike(0, piece.size(0),
                       [&](std::int64_t i) { add(sum[std::size_t(i)].narrow(1, top, piece.size(2)), piece[i]); });
    });
}

Tensor BandedConv::compute_picture()
{
    Tensor picture;
    for_each_band({0, m_input.frames}, [&](const Tensor& piece, std::int64_t top) {
        if (top == 0) {
            picture =
                at::empty({m_input.frames, m_input.batch, m_height, m_width, m_out_channels}, piece.options().dtype(m_dtype));
        }
        picture.narrow(2, top, piece.size(2)).copy_(piece);
    });
    return picture;
}

Tensor BandedConv::compute_frame(std::int64_t frame)
{
    Tensor result = at::empty({m_input.batch, m_height, m_width, m_out_channels}, m_kernel.options().dtype(m_dtype));
    for_each_band({frame, 1},
                  [&](const Tensor& piece, std::int64_t top) { result.narrow(1, top, piece.size(2)).copy_(piece[0]); });
    return result;
}

}  // namespace headroom::models::cogvideox
