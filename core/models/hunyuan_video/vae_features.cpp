#include "core/models/hunyuan_video/vae_features.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/empty.h>

#include "core/tensor/dry_run.h"

namespace headroom::models::hunyuan_video {

namespace {

constexpr std::int64_t kKernel = 3;
// Frames of a range: the two frames before it are read for it anew, so it should not be one; its temporaries grow with it.
constexpr std::int64_t kRangeFrames = 2;

// Reading leaves nothing behind, so a dry run walks one of the frames that are alike.
template <typename Visit>
void for_each_alike(std::int64_t first, std::int64_t last, const Visit& visit)
{
    if (first >= last) return;
    if (DryRun::current()) {
        const DryRepeat repeat(last - first);
        return visit(first);
    }
    for (std::int64_t i = first; i < last; ++i) visit(i);
}

LayerInput shaped_like(const Frames& frames)
{
    const Tensor& frame = frames.front();
    return {std::int64_t(frames.size()), frame.size(0), frame.size(1), frame.size(2), frame.size(3), {}};
}

// rows of `to` [batch, rows, scale · width, channels], which begin at row `top` of the enlarged picture.
void enlarge(Tensor to, const Tensor& from, std::int64_t top, std::int64_t scale)
{
    const std::int64_t end = top + to.size(1);
    for (std::int64_t row = top; row < end;) {
        const bool is_part = row % scale != 0 || end - row < scale;  // Only some of the rows that a row of `from` becomes.
        const std::int64_t copies = is_part ? std::min(scale - row % scale, end - row) : scale;
        const std::int64_t sources = is_part ? 1 : (end - row) / scale;
        const Tensor source =
            from.narrow(1, row / scale, sources).unsqueeze(2).unsqueeze(4);  // [batch, rows, 1, width, 1, channels]
        to.narrow(1, row - top, sources * copies)
            .unflatten(1, {sources, copies})
            .unflatten(3, {from.size(2), scale})  // [batch, rows, copies, width, scale, channels]
            .copy_(source.expand({-1, -1, copies, -1, scale, -1}));
        row += sources * copies;
    }
}

void add(Tensor& sum, Tensor piece)
{
    if (sum.scalar_type() == piece.scalar_type()) {
        sum.add_(piece);
        return;
    }
    piece.add_(as_operand(sum, piece.scalar_type()));
    sum.copy_(piece);
}

}  // namespace

nn::GroupStatistics statistics_of(const Frames& frames)
{
    nn::GroupStatistics statistics;
    for_each_alike(0, std::int64_t(frames.size()), [&](std::int64_t i) { statistics.add(frames[std::size_t(i)].unsqueeze(0)); });
    return statistics;
}

LayerInput as_they_are(const Frames& frames)
{
    LayerInput input = shaped_like(frames);
    input.read = [&frames](Tensor to, std::int64_t frame, std::int64_t top) {
        to.copy_(frames[std::size_t(frame)].narrow(1, top, to.size(1)));
    };
    return input;
}

LayerInput normalised(const Frames& frames, nn::ChannelMap map)
{
    LayerInput input = shaped_like(frames);
    input.read = [&frames, map = std::move(map)](Tensor to, std::int64_t frame, std::int64_t top) {
        const Tensor rows = frames[std::size_t(frame)].narrow(1, top, to.size(1));
        map.apply(rows.unsqueeze(0), to.unsqueeze(0), nn::ChannelMap::Then::Silu);
    };
    return input;
}

LayerInput enlarged(const Frames& frames, Enlargement enlargement)
{
    LayerInput input = shaped_like(frames);
    input.frames = enlargement.frames(input.frames);
    input.height *= enlargement.scale;
    input.width *= enlargement.scale;
    input.read = [&frames, enlargement](Tensor to, std::int64_t frame, std::int64_t top) {
        count_moved(2.0 * double(to.nbytes()));
        enlarge(to, frames[std::size_t(enlargement.source(frame))], top, enlargement.scale);
    };
    return input;
}

std::vector<FrameRange> ranges_from_the_end(std::int64_t frames)
{
    std::vector<FrameRange> ranges;
    for (std::int64_t end = frames; end > 0; end -= kRangeFrames) {
        const std::int64_t first = std::max<std::int64_t>(0, end - kRangeFrames);
        ranges.push_back({first, end - first});
    }
    return ranges;
}

void VaeConv::declare(const nn::Declare& declare, std::int64_t in_channels, std::int64_t out_channels,
                      nn::ConvStrides kernel_strides)
{
    const nn::Declare conv = declare.at("conv");
    conv(weight, "weight", {out_channels, in_channels, kKernel, kKernel, kKernel});
    conv(bias, "bias", {out_channels});
    strides = kernel_strides;
}

ConvInBands::ConvInBands(const VaeConv& conv, LayerInput input, std::int64_t bands)
    : m_conv(&conv),
      m_input(std::move(input)),
      m_bands(std::clamp<std::int64_t>(bands, 1, conv.height_of(m_input))),
      m_kernel(conv.weight.value, conv.bias.value, conv.strides)
{
}

// The input of a piece with what its kernels see around it. range: frames of the result; top, rows: of the result.
Tensor ConvInBands::padded(FrameRange range, std::int64_t top, std::int64_t rows) const
{
    const nn::ConvStrides strides = m_conv->strides;
    const std::int64_t first_frame = range.first * strides.time - (kKernel - 1);
    const std::int64_t frame_count = (range.count - 1) * strides.time + kKernel;
    const std::int64_t first_row = top * strides.space - 1, row_count = (rows - 1) * strides.space + kKernel;
    const std::int64_t from = std::max<std::int64_t>(0, first_row), to = std::min(m_input.height, first_row + row_count);
    Tensor piece = at::empty({frame_count, m_input.batch, row_count, m_input.width + 2, m_input.channels}, m_kernel.options());

    const std::int64_t missing = std::max<std::int64_t>(0, -first_frame);
    for_each_alike(missing, frame_count, [&](std::int64_t i) {
        Tensor frame = piece[i];
        Tensor inside = frame.narrow(1, from - first_row, to - from);
        m_input.read(inside.narrow(2, 1, m_input.width), first_frame + i, from);
        inside.narrow(2, 0, 1).copy_(inside.narrow(2, 1, 1));
        inside.narrow(2, m_input.width + 1, 1).copy_(inside.narrow(2, m_input.width, 1));
        if (from > first_row) frame.narrow(1, 0, 1).copy_(inside.narrow(1, 0, 1));
        if (to < first_row + row_count) frame.narrow(1, row_count - 1, 1).copy_(inside.narrow(1, to - from - 1, 1));
    });
    if (missing > 0) piece.narrow(0, 0, missing).copy_(piece.narrow(0, missing, 1));
    return piece;
}

template <typename Visit>
void ConvInBands::for_each_band(FrameRange range, const Visit& visit) const
{
    const std::int64_t height = m_conv->height_of(m_input);
    for (std::int64_t band = 0; band < m_bands; ++band) {
        const std::int64_t top = height * band / m_bands, rows = height * (band + 1) / m_bands - top;
        const Tensor piece = m_kernel(padded(range, top, rows));
        visit(piece, top);
    }
}

Frames ConvInBands::compute(FrameRange range) const
{
    Frames frames;
    const Tensor& weight = m_conv->weight.value;
    const auto options = weight.options();
    for_each_band(range, [&](const Tensor& piece, std::int64_t top) {
        const bool is_result = m_bands == 1 && piece.scalar_type() == weight.scalar_type();
        if (is_result) {
            for (std::int64_t i = 0; i < range.count; ++i) frames.push_back(piece[i]);
            return;
        }
        if (frames.empty()) {
            for (std::int64_t i = 0; i < range.count; ++i) {
                frames.push_back(at::empty({piece.size(1), m_conv->height_of(m_input), piece.size(3), piece.size(4)}, options));
            }
        }
        for (std::int64_t i = 0; i < range.count; ++i) frames[std::size_t(i)].narrow(1, top, piece.size(2)).copy_(piece[i]);
    });
    return frames;
}

void ConvInBands::add_to(Frames& sum) const
{
    for_each_band({0, frames()}, [&](const Tensor& piece, std::int64_t top) {
        count_moved(3.0 * double(piece.nbytes()));
        for_each_alike(0, piece.size(0), [&](std::int64_t i) {
            Tensor rows = sum[std::size_t(i)].narrow(1, top, piece.size(2));
            add(rows, piece[i]);
        });
    });
}

void ConvInBands::write_to(Tensor& picture) const
{
    for_each_band({0, frames()},
                  [&](const Tensor& piece, std::int64_t top) { picture.narrow(2, top, piece.size(2)).copy_(piece); });
}

}  // namespace headroom::models::hunyuan_video
