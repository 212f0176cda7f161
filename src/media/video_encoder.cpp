#include "media/video_encoder.h"

#include <fmt/format.h>

#include "media/h264.h"
#include "media/pack_segment.h"
#include "media/source_color.h"

namespace sluice::media {
namespace {

Error encoding_failed(std::string_view what) {
  return {ErrorKind::internal, "encoding_failed", fmt::format("The encoder failed: {}.", what)};
}

}  // namespace

Result<std::unique_ptr<VideoEncoder>> VideoEncoder::open(const Plan& plan,
                                                         const Rendition& rendition) {
  const AVCodec* x264 = avcodec_find_encoder_by_name("libx264");
  if (x264 == nullptr) return fail(encoding_failed("libx264 is missing from FFmpeg's libraries"));
  auto encoder = std::unique_ptr<VideoEncoder>(new VideoEncoder(plan, rendition));
  encoder->codec_.reset(avcodec_alloc_context3(x264));
  auto* codec = encoder->codec_.get();
  const auto color = output_color(*plan.source.video);
  codec->width = rendition.width;
  codec->height = rendition.height;
  codec->pix_fmt = AV_PIX_FMT_YUV420P;
  codec->time_base = AVRational{1, static_cast<int>(plan.timeline.timescale)};
  codec->framerate = plan.frame_rate.num > 0 ? to_av(plan.frame_rate) : AVRational{30, 1};
  codec->sample_aspect_ratio = AVRational{1, 1};
  codec->color_primaries = static_cast<AVColorPrimaries>(color.primaries);
  codec->color_trc = static_cast<AVColorTransferCharacteristic>(color.transfer);
  codec->colorspace = static_cast<AVColorSpace>(color.matrix);
  codec->color_range = AVCOL_RANGE_MPEG;
  codec->level = rendition.level;
  codec->rc_max_rate = rendition.max_rate_bps;
  codec->rc_buffer_size = static_cast<int>(rendition.buffer_bits);
  codec->thread_count = 1;  // more threads give other bits
  codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_opt_set(codec->priv_data, "preset", "medium", 0);
  av_opt_set(codec->priv_data, "profile", rendition.profile.c_str(), 0);
  av_opt_set_double(codec->priv_data, "crf", rendition.crf, 0);
  av_opt_set_int(codec->priv_data, "forced-idr", 1, 0);
  av_opt_set(codec->priv_data, "x264-params", rendition.x264_params.c_str(), 0);
  if (const int opened = avcodec_open2(codec, x264, nullptr); opened < 0) {
    return fail(encoding_failed(av_message(opened)));
  }
  encoder->avc_config_ = make_avc_config(
      {reinterpret_cast<const char*>(codec->extradata), static_cast<std::size_t>(codec->extradata_size)});
  if (encoder->avc_config_.empty()) return fail(encoding_failed("it gave no parameter sets"));
  return encoder;
}

std::string VideoEncoder::init_segment() const {
  return write_init_segment(VideoInit{plan_.timeline.timescale, rendition_.width,
                                      rendition_.height, avc_config_,
                                      output_color(*plan_.source.video)});
}

std::string VideoEncoder::codecs() const { return avc_codecs(avc_config_); }

Result<> VideoEncoder::encode(const AVFrame& picture, std::int64_t ticks, bool starts_segment,
                              const OutputSink& sink) {
  auto entering = make_frame_ref(&picture);
  entering->pts = ticks;
  entering->pict_type = starts_segment ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
  if (const int sent = avcodec_send_frame(codec_.get(), entering.get()); sent < 0) {
    return fail(encoding_failed(av_message(sent)));
  }
  ++pictures_in_;
  return take_packets(sink);
}

Result<> VideoEncoder::take_packets(const OutputSink& sink) {
  auto packet = make_packet();
  while (true) {
    const int got = avcodec_receive_packet(codec_.get(), packet.get());
    if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return {};
    if (got < 0) return fail(encoding_failed(av_message(got)));
    const bool idr = (packet->flags & AV_PKT_FLAG_KEY) != 0;
    if (idr && !samples_.empty()) SLUICE_TRY(close_segment(packet->pts, sink));
    if (!idr && samples_.empty()) return fail(encoding_failed("a segment starts without an IDR frame"));
    samples_.push_back({to_length_prefixed({reinterpret_cast<const char*>(packet->data),
                                            static_cast<std::size_t>(packet->size)}),
                        packet->pts, idr});
    ++pictures_out_;
    av_packet_unref(packet.get());
  }
}

Result<> VideoEncoder::close_segment(std::int64_t end, const OutputSink& sink) {
  auto output = pack_segment(plan_, rendition_.name, samples_, end, segment_index_++);
  samples_.clear();
  return sink(std::move(output));
}

Result<> VideoEncoder::finish(std::int64_t end, const OutputSink& sink) {
  avcodec_send_frame(codec_.get(), nullptr);
  SLUICE_TRY(take_packets(sink));
  if (pictures_in_ != pictures_out_) {
    return fail(encoding_failed(
        fmt::format("{} pictures went in and {} came out", pictures_in_, pictures_out_)));
  }
  if (samples_.empty()) return {};
  return close_segment(end, sink);
}

}  // namespace sluice::media
