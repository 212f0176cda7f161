#include "media/cue_reader.h"

#include <algorithm>
#include <cmath>

#include "media/source_input.h"
#include "text/unicode.h"

namespace sluice::media {
namespace {

// A cue of which nobody knows the end.
constexpr std::int64_t kUnknownEnd = -1;
constexpr std::int64_t kLongestUnknownMs = 10'000;

// ReadOrder, Layer, Style, Name, three margins and Effect stand in front of an event's text.
constexpr int kAssFields = 8;

std::string_view bytes_of(const AVPacket& packet) {
  return {reinterpret_cast<const char*>(packet.data), static_cast<std::size_t>(packet.size)};
}

std::string_view side_data(const AVPacket& packet, AVPacketSideDataType type) {
  std::size_t size = 0;
  const auto* data = av_packet_get_side_data(&packet, type, &size);
  return data == nullptr ? std::string_view()
                         : std::string_view(reinterpret_cast<const char*>(data), size);
}

std::string_view ass_text(std::string_view event) {
  for (int field = 0; field < kAssFields; ++field) {
    const auto comma = event.find(',');
    if (comma == std::string_view::npos) return {};
    event.remove_prefix(comma + 1);
  }
  return event;
}

struct Subtitle : AVSubtitle {
  Subtitle() : AVSubtitle{} {}
  ~Subtitle() { avsubtitle_free(this); }
  Subtitle(const Subtitle&) = delete;
  Subtitle& operator=(const Subtitle&) = delete;
};

}  // namespace

Result<CueReader> CueReader::open(const AVStream* stream, double origin_seconds) {
  CueReader reader(stream, origin_seconds);
  const auto codec = stream->codecpar->codec_id;
  if (codec != AV_CODEC_ID_SUBRIP && codec != AV_CODEC_ID_WEBVTT) {
    SLUICE_TRY_ASSIGN(reader.decoder_, open_decoder(stream, 1));
  }
  return reader;
}

// Decoders of text speak ASS, whatever they read.
CueText CueReader::decoded(const AVPacket& packet) {
  Subtitle subtitle;
  int got = 0;
  auto copy = make_packet();
  if (av_packet_ref(copy.get(), &packet) < 0) return {};
  if (avcodec_decode_subtitle2(decoder_.get(), &subtitle, &got, copy.get()) < 0 || got == 0) return {};
  CueText all;
  for (unsigned i = 0; i < subtitle.num_rects; ++i) {
    const auto* rect = subtitle.rects[i];
    if (rect->ass == nullptr) continue;
    auto one = cue_text_from_ass(ass_text(repaired_utf8(rect->ass)));
    if (one.text.empty()) continue;
    if (!all.text.empty()) all.text += '\n';
    all.text += one.text;
    all.settings = std::move(one.settings);
  }
  return all;
}

CueText CueReader::text_of(const AVPacket& packet) {
  if (decoder_) return decoded(packet);
  const auto text = repaired_utf8(bytes_of(packet));
  if (stream_->codecpar->codec_id == AV_CODEC_ID_SUBRIP) return cue_text_from_subrip(text);
  auto cue = cue_text_from_webvtt(text);
  cue.settings = cue_settings(side_data(packet, AV_PKT_DATA_WEBVTT_SETTINGS));
  return cue;
}

void CueReader::add(const AVPacket& packet) {
  if (packet.pts == AV_NOPTS_VALUE || too_large_) return;
  auto text = text_of(packet);
  const double tick = av_q2d(stream_->time_base);
  const auto ms = [&](std::int64_t ticks) {
    return std::llround((static_cast<double>(ticks) * tick - origin_seconds_) * 1000);
  };
  Cue cue{ms(packet.pts), packet.duration > 0 ? ms(packet.pts + packet.duration) : kUnknownEnd,
          std::move(text.text), std::move(text.settings)};
  // What shows nothing still ends what was shown before.
  bytes_ += cue.text.size() + 1;
  too_large_ = cues_.size() >= 2 * kMaxCues || bytes_ > kMaxTextBytes;
  cues_.push_back(std::move(cue));
}

std::vector<Cue> CueReader::take_cues() {
  for (std::size_t i = 0; i < cues_.size(); ++i) {
    auto& cue = cues_[i];
    if (cue.end_ms != kUnknownEnd) continue;
    cue.end_ms = cue.start_ms + kLongestUnknownMs;
    if (i + 1 < cues_.size() && cues_[i + 1].start_ms > cue.start_ms) {
      cue.end_ms = std::min(cue.end_ms, cues_[i + 1].start_ms);
    }
  }
  std::erase_if(cues_, [](const Cue& cue) { return cue.text.empty(); });
  return std::move(cues_);
}

}  // namespace sluice::media
