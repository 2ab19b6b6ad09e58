#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/media/ffmpeg_ptr.h"

namespace headroom::media {

/// A graph of FFmpeg's filters with named inputs and one output.
class FilterGraph {
public:
    struct Input {
        std::string name;
        int width = 0;
        int height = 0;
        AVPixelFormat format = AV_PIX_FMT_NONE;
        int fps = 1;
    };

    /// `description` in FFmpeg's syntax, with the inputs' names and `out`: "[frames][palette]paletteuse[out]". Errors: Internal.
    static Result<FilterGraph> create(const std::vector<Input>& inputs, const std::string& description);

    /// Hands a frame to an input; nullptr ends it.
    Result<void> push(std::size_t input, AVFrame* frame);

    /// The next filtered frame; a null pointer when the graph waits for input or has ended.
    Result<FramePtr> pull();

private:
    FilterGraph() = default;

    FilterGraphPtr m_graph;
    std::vector<AVFilterContext*> m_inputs;  ///< owned by the graph
    AVFilterContext* m_output = nullptr;     ///< owned by the graph
};

}  // namespace headroom::media
