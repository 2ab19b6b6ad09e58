#include "core/models/cogvideox/vae_features.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/add.h>
#include <ATen/ops/addcmul.h>
#include <ATen/ops/silu.h>

#include "core/tensor/dry_run.h"

namespace headroom::models::cogvideox {

namespace {

LayerInput shaped_like(const Frames& frames)
{
    const Tensor& frame = frames.front();
    return {std::int64_t(frames.size()), frame.size(0), frame.size(1), frame.size(2), frame.size(3), {}};
}

// Rows [first, first + count · copies) of a picture, which are `count` rows of a smaller one from `source` on, `copies` times
// each.
struct RowGroup {
    std::int64_t first = 0;
    std::int64_t source = 0;
    std::int64_t count = 0;
    std::int64_t copies = 0;
};

// Rows [top, end) of a picture `scale` times as high as the other.
std::vector<RowGroup> row_groups(std::int64_t top, std::int64_t end, std::int64_t scale)
{
    std::vector<RowGroup> groups;
    for (std::int64_t row = top; row < end;) {
        const bool is_part =
            row % scale != 0 || end - row < scale;  // Only some of the rows that a row of the smaller one becomes.
        const RowGroup group{row, row / scale, is_part ? 1 : (end - row) / scale,
                             is_part ? std::min(scale - row % scale, end - row) : scale};
        groups.push_back(group);
        row += group.count * group.copies;
    }
    return groups;
}

// The group's rows of a picture whose first row is `top`: [batch, count, copies, width / scale, scale, channels].
Tensor in_cells(const Tensor& picture, const RowGroup& group, std::int64_t top, std::int64_t scale)
{
    return picture.narrow(1, group.first - top, group.count * group.copies)
        .unflatten(1, {group.count, group.copies})
        .unflatten(3, {picture.size(2) / scale, scale});
}

// The group's rows of the smaller picture, one number for each cell: [batch, count, 1, width, 1, channels].
Tensor for_cells(const Tensor& picture, const RowGroup& group)
{
    return picture.narrow(1, group.source, group.count).unsqueeze(2).unsqueeze(4);
}

}  // namespace

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

LayerInput conditioned(const Frames& frames, LatentMap map)
{
    LayerInput input = shaped_like(frames);
    const std::int64_t frame_count = input.frames, scale = input.height / map.scale.size(2);
    input.read = [&frames, map = std::move(map), frame_count, scale](Tensor to, std::int64_t frame, std::int64_t top) {
        const Tensor rows = frames[std::size_t(frame)].narrow(1, top, to.size(1));
        count_moved(2.0 * double(rows.nbytes() + to.nbytes()));
        // The CPU's kernels would make a float32 copy of operands of another dtype.
        const bool is_widened = computes_on_cpu(to) && rows.scalar_type() != to.scalar_type();
        if (is_widened) to.copy_(rows);
        const Tensor& from = is_widened ? to : rows;
        const std::int64_t latent = latent_of(frame, frame_count, map.scale.size(0));
        const Tensor factors = map.scale[latent], offsets = map.shift[latent];
        for (const RowGroup& group : row_groups(top, top + to.size(1), scale)) {
            Tensor cells = in_cells(to, group, top, scale);
            at::addcmul_out(cells, for_cells(offsets, group), in_cells(from, group, top, scale), for_cells(factors, group));
        }
        at::silu_(to);
    };
    return input;
}

LayerInput enlarged(const Frames& frames)
{
    constexpr std::int64_t kScale = 2;
    LayerInput input = shaped_like(frames);
    input.height *= kScale;
    input.width *= kScale;
    input.read = [&frames](Tensor to, std::int64_t frame, std::int64_t top) {
        count_moved(2.0 * double(to.nbytes()));
        for (const RowGroup& group : row_groups(top, top + to.size(1), kScale)) {
            in_cells(to, group, top, kScale)
                .copy_(for_cells(frames[std::size_t(frame)], group).expand({-1, -1, group.copies, -1, kScale, -1}));
        }
    };
    return input;
}

LayerInput halved_in_time(const Frames& frames)
{
    LayerInput input = shaped_like(frames);
    const std::int64_t alone = input.frames % 2;
    input.frames = (input.frames + 1) / 2;
    input.read = [&frames, alone](Tensor to, std::int64_t frame, std::int64_t top) {
        count_moved(3.0 * double(to.nbytes()));
        const auto rows_of = [&](std::int64_t source) { return frames[std::size_t(source)].narrow(1, top, to.size(1)); };
        if (frame < alone) {
            to.copy_(rows_of(frame));
            return;
        }
        const std::int64_t source = 2 * frame - alone;
        to.copy_(rows_of(source));
        to.add_(as_operand(rows_of(source + 1), to.scalar_type())).mul_(0.5);
    };
    return input;
}

nn::GroupStatistics statistics_of(const Frames& frames)
{
    nn::GroupStatistics statistics;
    for_each_alike(0, std::int64_t(frames.size()), [&](std::int64_t i) { statistics.add(frames[std::size_t(i)].unsqueeze(0)); });
    return statistics;
}

void for_each_alike(std::int64_t first, std::int64_t last, const std::function<void(std::int64_t)>& visit)
{
    if (first >= last) return;
    if (DryRun::current()) {
        const DryRepeat repeat(last - first);
        return visit(first);
    }
    for (std::int64_t i = first; i < last; ++i) visit(i);
}

std::int64_t latent_of(std::int64_t frame, std::int64_t frames, std::int64_t latents)
{
    const std::int64_t alone = frames > 1 && frames % 2 == 1 ? 1 : 0;
    if (frame < alone) return 0;
    return alone + (frame - alone) * (latents - alone) / (frames - alone);
}

}  // namespace headroom::models::cogvideox
