#include "media/testing/h264_source.h"

#include <algorithm>
#include <random>
#include <stdexcept>

namespace sluice::media {
namespace {

struct MuxerDeleter {
  void operator()(AVFormatContext* muxer) const { avformat_free_context(muxer); }
};

void expect(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string(what) + ": " + av_message(result));
}

Codec open_encoder(const H264Source& wanted) {
  const AVCodec* x264 = avcodec_find_encoder_by_name("libx264");
  Codec codec(avcodec_alloc_context3(x264));
  codec->width = wanted.width;
  codec->height = wanted.height;
  codec->pix_fmt = wanted.profile == "high444" ? AV_PIX_FMT_YUV444P : AV_PIX_FMT_YUV420P;
  codec->time_base = av_inv_q(wanted.frame_rate);
  codec->framerate = wanted.frame_rate;
  codec->sample_aspect_ratio = wanted.sample_aspect;
  codec->color_range = wanted.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  codec->thread_count = 1;
  codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_opt_set(codec->priv_data, "preset", "veryfast", 0);
  av_opt_set(codec->priv_data, "profile", wanted.profile.c_str(), 0);
  av_opt_set_double(codec->priv_data, "crf", wanted.crf, 0);
  av_opt_set_int(codec->priv_data, "forced-idr", 1, 0);
  av_opt_set(codec->priv_data, "x264-params", wanted.x264.c_str(), 0);
  if (wanted.configure) wanted.configure(*codec);
  expect(avcodec_open2(codec.get(), x264, nullptr), "encoder");
  return codec;
}

// A light square that walks over a dark ground, or noise.
void paint(AVFrame& frame, int number, bool noise, std::minstd_rand& random) {
  for (int plane = 0; plane < 3; ++plane) {
    const int height =
        plane == 0 || frame.format == AV_PIX_FMT_YUV444P ? frame.height : frame.height / 2;
    for (int y = 0; y < height; ++y) {
      auto* line = frame.data[plane] + y * frame.linesize[plane];
      for (int x = 0; x < frame.linesize[plane]; ++x) {
        const bool inside = (x + y - 3 * number) % 64 < 24;
        line[x] = static_cast<std::uint8_t>(noise ? random() & 255u : inside ? 160 + plane : 60);
      }
    }
  }
}

void add_rotation(AVStream& stream, int degrees) {
  auto* matrix = reinterpret_cast<std::int32_t*>(
      av_stream_new_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(std::int32_t)));
  av_display_rotation_set(matrix, degrees);
}

class Making {
 public:
  explicit Making(const H264Source& wanted) : wanted_(wanted), codec_(open_encoder(wanted)) {
    AVFormatContext* muxer = nullptr;
    expect(avformat_alloc_output_context2(&muxer, nullptr, wanted.container.c_str(), nullptr),
           "muxer");
    muxer_.reset(muxer);
    stream_ = avformat_new_stream(muxer, nullptr);
    expect(avcodec_parameters_from_context(stream_->codecpar, codec_.get()), "parameters");
    stream_->time_base = codec_->time_base;
    stream_->avg_frame_rate = wanted.frame_rate;
    stream_->sample_aspect_ratio = wanted.sample_aspect;
    if (wanted.rotation != 0) add_rotation(*stream_, wanted.rotation);
    expect(avio_open_dyn_buf(&muxer->pb), "buffer");
    AVDictionary* options = nullptr;
    av_dict_parse_string(&options, wanted.muxer_options.c_str(), "=", ":", 0);
    expect(avformat_write_header(muxer, &options), "header");
    av_dict_free(&options);
  }

  std::string run() {
    std::minstd_rand random(1);
    for (int number = 0; number < wanted_.frames; ++number) {
      auto frame = make_frame();
      frame->format = codec_->pix_fmt;
      frame->width = wanted_.width;
      frame->height = wanted_.height;
      expect(av_frame_get_buffer(frame.get(), 0), "frame");
      paint(*frame, number, wanted_.noise, random);
      frame->pts = number;
      const auto& idr = wanted_.idr_at;
      frame->pict_type = std::find(idr.begin(), idr.end(), number) != idr.end()
                             ? AV_PICTURE_TYPE_I
                             : AV_PICTURE_TYPE_NONE;
      expect(avcodec_send_frame(codec_.get(), frame.get()), "encoding");
      take_packets();
    }
    avcodec_send_frame(codec_.get(), nullptr);
    take_packets();
    expect(av_write_trailer(muxer_.get()), "trailer");
    std::uint8_t* bytes = nullptr;
    const int size = avio_close_dyn_buf(muxer_->pb, &bytes);
    std::string file(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    av_free(bytes);
    return file;
  }

 private:
  void take_packets() {
    auto packet = make_packet();
    while (avcodec_receive_packet(codec_.get(), packet.get()) == 0) {
      packet->duration = 1;
      if (!wanted_.edit || wanted_.edit(*packet, number_)) {
        packet->stream_index = 0;
        av_packet_rescale_ts(packet.get(), codec_->time_base, stream_->time_base);
        expect(av_interleaved_write_frame(muxer_.get(), packet.get()), "muxing");
      }
      ++number_;
      av_packet_unref(packet.get());
    }
  }

  const H264Source& wanted_;
  Codec codec_;
  std::unique_ptr<AVFormatContext, MuxerDeleter> muxer_;
  AVStream* stream_ = nullptr;
  int number_ = 0;
};

}  // namespace

std::string make_file(const H264Source& wanted) { return Making(wanted).run(); }

}  // namespace sluice::media
