#pragma once

#include <memory>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavformat/avformat.h>
#include <libavutil/dict.h>
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
}

namespace headroom::media {

struct FrameDeleter {
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct PacketDeleter {
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct CodecContextDeleter {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct SwsContextDeleter {
    void operator()(SwsContext* context) const { sws_freeContext(context); }
};
struct FilterGraphDeleter {
    void operator()(AVFilterGraph* graph) const { avfilter_graph_free(&graph); }
};
struct InputContextDeleter {
    void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};
struct OutputContextDeleter {
    void operator()(AVFormatContext* context) const
    {
        avio_closep(&context->pb);
        avformat_free_context(context);
    }
};

using FramePtr = std::unique_ptr<AVFrame, FrameDeleter>;
using PacketPtr = std::unique_ptr<AVPacket, PacketDeleter>;
using CodecContextPtr = std::unique_ptr<AVCodecContext, CodecContextDeleter>;
using SwsContextPtr = std::unique_ptr<SwsContext, SwsContextDeleter>;
using FilterGraphPtr = std::unique_ptr<AVFilterGraph, FilterGraphDeleter>;
using InputContextPtr = std::unique_ptr<AVFormatContext, InputContextDeleter>;    ///< Opened by avformat_open_input.
using OutputContextPtr = std::unique_ptr<AVFormatContext, OutputContextDeleter>;  ///< Made by avformat_alloc_output_context2.

/// Options on their way into an open function; what is left in it afterwards was not understood.
class Dictionary {
public:
    Dictionary() = default;
    ~Dictionary() { av_dict_free(&m_entries); }
    Dictionary(const Dictionary&) = delete;
    Dictionary& operator=(const Dictionary&) = delete;

    void set(const char* key, const char* value) { av_dict_set(&m_entries, key, value, 0); }
    const char* find(const char* key) const
    {
        const AVDictionaryEntry* entry = av_dict_get(m_entries, key, nullptr, 0);
        return entry ? entry->value : nullptr;
    }
    /// The first key that is left, or nullptr.
    const char* first_key() const
    {
        const AVDictionaryEntry* entry = av_dict_get(m_entries, "", nullptr, AV_DICT_IGNORE_SUFFIX);
        return entry ? entry->key : nullptr;
    }
    AVDictionary** address() { return &m_entries; }

private:
    AVDictionary* m_entries = nullptr;
};

}  // namespace headroom::media
