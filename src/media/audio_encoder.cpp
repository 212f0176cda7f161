#include "media/audio_encoder.h"

#include <fmt/format.h>

#include "media/pack_segment.h"
#include "plan/timeline.h"

namespace sluice::media {
namespace {

Error encoding_failed(std::string_view what) {
  return {ErrorKind::internal, "encoding_failed", fmt::format("The audio encoder failed: {}.", what)};
}

}  // namespace

std::int64_t first_aac_frame(const Timeline& timeline, int segment, int sample_rate) {
  const std::int64_t ticks = segment == timeline.segment_count ? latest_end_ticks(timeline)
                                                              : boundary_ticks(timeline, segment);
  return scale(ticks, Rational::of(sample_rate, timeline.timescale * kAacFrame), Round::up);
}

Result<std::unique_ptr<AudioEncoder>> AudioEncoder::open(const Plan& plan,
                                                         const AudioRendition& track) {
  const AVCodec* aac = avcodec_find_encoder(AV_CODEC_ID_AAC);
  if (aac == nullptr) return fail(encoding_failed("FFmpeg's libraries have no AAC encoder"));
  auto encoder = std::unique_ptr<AudioEncoder>(new AudioEncoder(plan, track));
  encoder->codec_.reset(avcodec_alloc_context3(aac));
  auto* codec = encoder->codec_.get();
  codec->sample_fmt = AV_SAMPLE_FMT_FLTP;
  codec->sample_rate = track.sample_rate;
  codec->time_base = AVRational{1, track.sample_rate};
  codec->bit_rate = track.bitrate_bps;
  codec->profile = FF_PROFILE_AAC_LOW;
  av_channel_layout_default(&codec->ch_layout, track.channels);
  codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
  if (const int opened = avcodec_open2(codec, aac, nullptr); opened < 0) {
    return fail(encoding_failed(av_message(opened)));
  }
  if (codec->frame_size != kAacFrame || codec->initial_padding != kAacFrame) {
    return fail(encoding_failed("unexpected frame size or padding"));
  }
  return encoder;
}

std::string AudioEncoder::init_segment() const {
  AudioInit init;
  init.sample_rate = track_.sample_rate;
  init.channels = track_.channels;
  init.bitrate_bps = track_.bitrate_bps;
  init.language = track_.language;
  init.audio_specific_config.assign(reinterpret_cast<const char*>(codec_->extradata),
                                    static_cast<std::size_t>(codec_->extradata_size));
  return write_init_segment(init);
}

void AudioEncoder::start(std::int64_t fed_frame, int first_segment, int end_segment) {
  next_fed_ = fed_frame;
  next_packet_ = fed_frame - 1;  // the priming packet
  segment_ = first_segment;
  end_segment_ = end_segment;
}

Result<> AudioEncoder::encode(AVFrame& samples, const OutputSink& sink) {
  samples.pts = next_fed_++ * kAacFrame;
  if (const int sent = avcodec_send_frame(codec_.get(), &samples); sent < 0) {
    return fail(encoding_failed(av_message(sent)));
  }
  return take_packets(sink);
}

Result<> AudioEncoder::take_packets(const OutputSink& sink) {
  const auto frame_of = [this](int segment) {
    return first_aac_frame(plan_.timeline, segment, track_.sample_rate);
  };
  auto packet = make_packet();
  while (true) {
    const int got = avcodec_receive_packet(codec_.get(), packet.get());
    if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return {};
    if (got < 0) return fail(encoding_failed(av_message(got)));
    const std::int64_t number = next_packet_++;
    if (number >= frame_of(segment_) && number < next_fed_ && number < frame_of(end_segment_)) {
      if (number >= frame_of(segment_ + 1) && segment_ + 1 < end_segment_) {
        SLUICE_TRY(close_segment(sink));
      }
      samples_.push_back({std::string(reinterpret_cast<const char*>(packet->data),
                                      static_cast<std::size_t>(packet->size)),
                          number * kAacFrame, true});
    }
    av_packet_unref(packet.get());
  }
}

Result<> AudioEncoder::close_segment(const OutputSink& sink) {
  if (samples_.empty()) return {};
  const std::int64_t end = samples_.back().pts + kAacFrame;
  auto output = pack_segment(plan_, track_.name, samples_, end, segment_++);
  samples_.clear();
  return sink(std::move(output));
}

Result<> AudioEncoder::finish(const OutputSink& sink) {
  avcodec_send_frame(codec_.get(), nullptr);
  SLUICE_TRY(take_packets(sink));
  return close_segment(sink);
}

}  // namespace sluice::media
