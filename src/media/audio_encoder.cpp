#include "media/audio_encoder.h"

#include <fmt/format.h>

#include "plan/language.h"

namespace sluice::media {
namespace {

Error encoding_failed(std::string_view what) {
  return {ErrorKind::internal, "encoding_failed", fmt::format("The audio encoder failed: {}.", what)};
}

}  // namespace

Result<std::unique_ptr<AudioEncoder>> AudioEncoder::open(const AudioRendition& track) {
  const AVCodec* aac = avcodec_find_encoder(AV_CODEC_ID_AAC);
  if (aac == nullptr) return fail(encoding_failed("FFmpeg's libraries have no AAC encoder"));
  auto encoder = std::unique_ptr<AudioEncoder>(new AudioEncoder(track));
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
  init.language = iso_639_2(track_.language);
  init.audio_specific_config.assign(reinterpret_cast<const char*>(codec_->extradata),
                                    static_cast<std::size_t>(codec_->extradata_size));
  return write_init_segment(init);
}

void AudioEncoder::start(std::int64_t fed_frame, TakePacket take) {
  take_ = std::move(take);
  next_fed_ = fed_frame;
  next_packet_ = fed_frame - 1;  // the priming packet
}

Result<> AudioEncoder::encode(AVFrame& samples) {
  samples.pts = next_fed_++ * kAacFrame;
  if (const int sent = avcodec_send_frame(codec_.get(), &samples); sent < 0) {
    return fail(encoding_failed(av_message(sent)));
  }
  return take_packets();
}

Result<> AudioEncoder::take_packets() {
  auto packet = make_packet();
  while (true) {
    const int got = avcodec_receive_packet(codec_.get(), packet.get());
    if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return {};
    if (got < 0) return fail(encoding_failed(av_message(got)));
    const std::int64_t number = next_packet_++;
    // Flushing yields frames of nothing but padding.
    if (number < next_fed_) {
      SLUICE_TRY(take_(number, {reinterpret_cast<const char*>(packet->data),
                                static_cast<std::size_t>(packet->size)}));
    }
    av_packet_unref(packet.get());
  }
}

Result<> AudioEncoder::finish() {
  avcodec_send_frame(codec_.get(), nullptr);
  return take_packets();
}

Result<std::string> silent_frame(const AudioRendition& track) {
  constexpr int kSettled = 3;
  SLUICE_TRY_ASSIGN(const auto encoder, AudioEncoder::open(track));
  std::string silence;
  encoder->start(0, [&](std::int64_t, std::string_view data) -> Result<> {
    silence = data;
    return {};
  });
  for (int i = 0; i < kSettled; ++i) {
    auto frame = make_frame();
    frame->format = AV_SAMPLE_FMT_FLTP;
    frame->nb_samples = kAacFrame;
    frame->sample_rate = track.sample_rate;
    av_channel_layout_default(&frame->ch_layout, track.channels);
    if (const int got = av_frame_get_buffer(frame.get(), 0); got < 0) {
      return fail(encoding_failed(av_message(got)));
    }
    av_samples_set_silence(frame->extended_data, 0, kAacFrame, track.channels, AV_SAMPLE_FMT_FLTP);
    SLUICE_TRY(encoder->encode(*frame));
  }
  return silence;
}

}  // namespace sluice::media
