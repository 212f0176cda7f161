#include "media/aac_source.h"

#include <algorithm>
#include <array>
#include <deque>

#include "media/audio_segments.h"
#include "media/cmaf.h"
#include "plan/language.h"

namespace sluice::media {
namespace {

constexpr std::array<int, 13> kRates = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                        22050, 16000, 12000, 11025, 8000,  7350};
constexpr int kLowComplexity = 2;
// Of a frame: 6144 bits a channel (ISO/IEC 14496-3, 4.5.3).
constexpr int kMaxFrameBytesPerChannel = 768;
constexpr double kPeakSeconds = 4;  // the window of a segment

// The backward compatible extension (sync 0x2b7, type 5) that says "no band replication".
constexpr std::string_view kNoSbr("\x56\xe5\x00", 3);

class Bits {
 public:
  explicit Bits(std::string_view bytes) : bytes_(bytes) {}
  int take(int count) {
    int value = 0;
    for (; count > 0; --count, ++at_) {
      const auto byte = at_ / 8 < bytes_.size() ? static_cast<unsigned char>(bytes_[at_ / 8]) : 0u;
      value = value << 1 | static_cast<int>(byte >> (7 - at_ % 8) & 1u);
    }
    return value;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// A box's type and where its payload is.
struct BoxPlace {
  std::string type;
  std::int64_t payload = 0, end = 0;
};

std::optional<std::string> read_exactly(const ByteSource& file, std::int64_t at,
                                        std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    const auto got =
        file.read_at(at + static_cast<std::int64_t>(have), {bytes.data() + have, count - have});
    if (!got || *got == 0) return std::nullopt;
    have += *got;
  }
  return bytes;
}

std::optional<BoxPlace> box_at(const ByteSource& file, std::int64_t at, std::int64_t end) {
  if (end - at < 8) return std::nullopt;
  const auto head = read_exactly(file, at, 8);
  if (!head) return std::nullopt;
  BoxPlace box{head->substr(4), at + 8, 0};
  auto size = static_cast<std::int64_t>(big_endian(head->substr(0, 4)));
  if (size == 1) {
    const auto large = read_exactly(file, at + 8, 8);
    if (!large) return std::nullopt;
    size = static_cast<std::int64_t>(big_endian(*large) & INT64_MAX);
    box.payload += 8;
  }
  box.end = size == 0 ? end : at + size;
  if (size < 0 || box.end < box.payload || box.end > end) return std::nullopt;
  return box;
}

// Enough for any real file: each box costs a read.
constexpr int kMaxBoxes = 10'000;

// Sees to it that each stsd within [at, end) has one entry; nothing when that can't be told.
std::optional<int> count_single_stsd(const ByteSource& file, std::int64_t at, std::int64_t end,
                                     int& boxes) {
  int found = 0;
  while (end - at >= 8) {
    if (++boxes > kMaxBoxes) return std::nullopt;
    const auto box = box_at(file, at, end);
    if (!box) return std::nullopt;
    if (box->type == "stsd") {
      const auto count = read_exactly(file, box->payload + 4, 4);
      if (!count || big_endian(*count) != 1) return std::nullopt;
      ++found;
    } else if (box->type == "moov" || box->type == "trak" || box->type == "mdia" ||
               box->type == "minf" || box->type == "stbl") {
      const auto inside = count_single_stsd(file, box->payload, box->end, boxes);
      if (!inside) return std::nullopt;
      found += *inside;
    }
    at = box->end;
  }
  return found;
}

}  // namespace

std::optional<AacConfig> read_aac_config(std::string_view config) {
  if (config.size() != 2 && !(config.size() == 5 && config.substr(2) == kNoSbr))
    return std::nullopt;
  Bits bits(config);
  const int type = bits.take(5);
  const auto rate = static_cast<std::size_t>(bits.take(4));
  const int channels = bits.take(4);
  const bool plain = bits.take(3) == 0;  // 1024 samples, no core coder, no extension
  if (type != kLowComplexity || rate >= kRates.size() || channels < 1 || channels > 6 || !plain) {
    return std::nullopt;
  }
  return AacConfig{kRates[rate], channels};
}

std::string write_aac_config(const AacConfig& config) {
  const auto rate = std::find(kRates.begin(), kRates.end(), config.sample_rate) - kRates.begin();
  const int bits = kLowComplexity << 11 | static_cast<int>(rate) << 7 | config.channels << 3;
  return {static_cast<char>(bits >> 8), static_cast<char>(bits & 0xFF)};
}

std::optional<AacTrackFacts> read_aac_track(AVStream* stream, std::int64_t file_bytes) {
  const auto* codec = stream->codecpar;
  if (codec->codec_id != AV_CODEC_ID_AAC || codec->profile != FF_PROFILE_AAC_LOW)
    return std::nullopt;
  const auto config = read_aac_config({reinterpret_cast<const char*>(codec->extradata),
                                       static_cast<std::size_t>(codec->extradata_size)});
  if (!config || config->sample_rate != codec->sample_rate ||
      config->channels != codec->ch_layout.nb_channels || stream->time_base.num != 1 ||
      stream->time_base.den != config->sample_rate) {
    return std::nullopt;
  }
  const int count = avformat_index_get_entries_count(stream);
  if (count == 0 || stream->nb_frames < count)
    return std::nullopt;  // a fragmented file has no index
  AacTrackFacts facts;
  facts.frame_count = count;
  facts.first_sample = avformat_index_get_entry(stream, 0)->timestamp;
  const auto window = static_cast<std::size_t>(kPeakSeconds * config->sample_rate / kAacFrame);
  std::deque<int> recent;
  std::int64_t recent_bytes = 0, most_bytes = 0;
  for (int i = 0; i < count; ++i) {
    const auto* entry = avformat_index_get_entry(stream, i);
    const bool sound = entry->timestamp == facts.first_sample + std::int64_t{i} * kAacFrame &&
                       entry->size > 0 &&
                       entry->size <= kMaxFrameBytesPerChannel * config->channels &&
                       entry->pos + entry->size <= file_bytes;
    if (!sound) return std::nullopt;
    recent.push_back(entry->size);
    recent_bytes += entry->size;
    if (recent.size() > window) recent_bytes -= recent.front(), recent.pop_front();
    most_bytes = std::max(most_bytes, recent_bytes);
  }
  facts.peak_bps = scale(
      most_bytes,
      Rational::of(8 * config->sample_rate, static_cast<std::int64_t>(recent.size()) * kAacFrame),
      Round::up);
  return facts;
}

bool has_single_descriptions(const ByteSource& file) {
  int boxes = 0;
  return count_single_stsd(file, 0, file.size_bytes(), boxes).value_or(0) > 0;
}

std::string aac_init_segment(const AudioRendition& track) {
  AudioInit init;
  init.sample_rate = track.sample_rate;
  init.channels = track.channels;
  init.bitrate_bps = track.bitrate_bps;
  init.language = iso_639_2(track.language);
  init.audio_specific_config = write_aac_config({track.sample_rate, track.channels});
  return write_init_segment(init);
}

}  // namespace sluice::media
