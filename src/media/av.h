// Owners for FFmpeg's handles. Only media/ includes this.
#pragma once

#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/dovi_meta.h>
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <libavutil/mastering_display_metadata.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include "base/rational.h"
#include "base/result.h"

namespace sluice::media {

struct FrameDeleter {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct PacketDeleter {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct CodecDeleter {
  void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
};
struct ScalerDeleter {
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};
struct BufferPoolDeleter {
  void operator()(AVBufferPool* pool) const { av_buffer_pool_uninit(&pool); }
};
struct ResamplerDeleter {
  void operator()(SwrContext* resampler) const { swr_free(&resampler); }
};

using BufferPool = std::unique_ptr<AVBufferPool, BufferPoolDeleter>;
using Frame = std::unique_ptr<AVFrame, FrameDeleter>;
using Packet = std::unique_ptr<AVPacket, PacketDeleter>;
using Codec = std::unique_ptr<AVCodecContext, CodecDeleter>;
using Scaler = std::unique_ptr<SwsContext, ScalerDeleter>;
using Resampler = std::unique_ptr<SwrContext, ResamplerDeleter>;

// Running out of memory inside FFmpeg ends the process: it is a child whose death is an ordinary
// failure of its task.
Frame make_frame();
Frame make_frame_ref(const AVFrame* frame);  // a new reference to the same pixels
Packet make_packet();

inline Rational from_av(AVRational r) { return Rational::of(r.num, r.den); }
inline AVRational to_av(Rational r) {
  return AVRational{static_cast<int>(r.num), static_cast<int>(r.den)};
}

inline double seconds_of(std::int64_t ticks, AVRational base) {
  return static_cast<double>(ticks) * base.num / base.den;
}

// FFmpeg's words for a negative return value.
std::string av_message(int error);

}  // namespace sluice::media
