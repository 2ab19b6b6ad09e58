#include "core/media/filter_graph.h"

#include "core/media/ffmpeg_error.h"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/mem.h>
}

namespace headroom::media {

namespace {

struct InOutDeleter {
    void operator()(AVFilterInOut* list) const { avfilter_inout_free(&list); }
};
using InOutPtr = std::unique_ptr<AVFilterInOut, InOutDeleter>;

Result<void> check_filter(int code, const char* what)
{
    if (code >= 0) return {};
    return fail(ErrorCode::Internal, "{} failed in the picture filter ({})", what, ffmpeg_message(code));
}

/// Puts an open end of the graph in front of a list.
void prepend(InOutPtr& list, const std::string& name, AVFilterContext* filter)
{
    AVFilterInOut* end = avfilter_inout_alloc();
    end->name = av_strdup(name.c_str());
    end->filter_ctx = filter;
    end->pad_idx = 0;
    end->next = list.release();
    list.reset(end);
}

}  // namespace

Result<FilterGraph> FilterGraph::create(const std::vector<Input>& inputs, const std::string& description)
{
    FilterGraph graph;
    graph.m_graph.reset(avfilter_graph_alloc());
    if (!graph.m_graph) return fail(ErrorCode::OutOfMemory, "no memory for a picture filter");
    InOutPtr sources;
    for (const Input& input : inputs) {
        const std::string arguments = fmt::format("video_size={}x{}:pix_fmt={}:time_base=1/{}:pixel_aspect=1/1", input.width,
                                                  input.height, int(input.format), input.fps);
        AVFilterContext* filter = nullptr;
        TRY(check_filter(avfilter_graph_create_filter(&filter, avfilter_get_by_name("buffer"), input.name.c_str(),
                                                      arguments.c_str(), nullptr, graph.m_graph.get()),
                         "making an input"));
        graph.m_inputs.push_back(filter);
        prepend(sources, input.name, filter);
    }
    TRY(check_filter(avfilter_graph_create_filter(&graph.m_output, avfilter_get_by_name("buffersink"), "out", nullptr, nullptr,
                                                  graph.m_graph.get()),
                     "making the output"));
    InOutPtr sinks;
    prepend(sinks, "out", graph.m_output);
    AVFilterInOut* open_sinks = sinks.release();
    AVFilterInOut* open_sources = sources.release();
    const int status = avfilter_graph_parse_ptr(graph.m_graph.get(), description.c_str(), &open_sinks, &open_sources, nullptr);
    sinks.reset(open_sinks);
    sources.reset(open_sources);
    TRY(check_filter(status, "joining the filters"));
    TRY(check_filter(avfilter_graph_config(graph.m_graph.get(), nullptr), "joining the filters"));
    return graph;
}

Result<void> FilterGraph::push(std::size_t input, AVFrame* frame)
{
    return check_filter(av_buffersrc_add_frame_flags(m_inputs.at(input), frame, AV_BUFFERSRC_FLAG_KEEP_REF), "taking a frame");
}

Result<FramePtr> FilterGraph::pull()
{
    FramePtr frame(av_frame_alloc());
    if (!frame) return fail(ErrorCode::OutOfMemory, "no memory for a frame");
    const int status = av_buffersink_get_frame(m_output, frame.get());
    if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return FramePtr();
    TRY(check_filter(status, "giving a frame"));
    return frame;
}

}  // namespace headroom::media
