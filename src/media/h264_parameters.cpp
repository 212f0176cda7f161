#include "media/h264_parameters.h"

#include <array>
#include <cstdint>

namespace sluice::media {
namespace {

constexpr int kSpsType = 7;
constexpr int kPpsType = 8;
constexpr unsigned kExtendedAspect = 255;
constexpr unsigned kMaxMacroblocks = 4096;  // along one side; FFmpeg's decoder takes 16384 pixels

// Table E-1, from aspect_ratio_idc 1 on.
constexpr std::array<Rational, 16> kAspects = {{{1, 1},
                                                {12, 11},
                                                {10, 11},
                                                {16, 11},
                                                {40, 33},
                                                {24, 11},
                                                {20, 11},
                                                {32, 11},
                                                {80, 33},
                                                {18, 11},
                                                {15, 11},
                                                {64, 33},
                                                {160, 99},
                                                {4, 3},
                                                {3, 2},
                                                {2, 1}}};

// Without the bytes that keep start codes from appearing (7.3.1).
std::string without_emulation_prevention(std::string_view nal) {
  std::string bytes;
  bytes.reserve(nal.size());
  int zeros = 0;
  for (const char byte : nal) {
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    bytes.push_back(byte);
  }
  return bytes;
}

// Reads bits; behind the end it gives zeros and remembers.
class Bits {
 public:
  explicit Bits(std::string_view bytes) : bytes_(bytes) {}

  unsigned bit() {
    if (at_ >= bytes_.size() * 8) {
      overrun_ = true;
      return 0;
    }
    const auto byte = static_cast<unsigned char>(bytes_[at_ / 8]);
    const unsigned value = byte >> (7 - at_ % 8) & 1u;
    ++at_;
    return value;
  }
  unsigned bits(int count) {
    unsigned value = 0;
    for (int i = 0; i < count; ++i) value = value << 1 | bit();
    return value;
  }
  bool flag() { return bit() != 0; }

  // Exp-Golomb, 9.1.
  unsigned unsigned_golomb() {
    int zeros = 0;
    while (!flag()) {
      if (overrun_ || ++zeros > 31) {
        overrun_ = true;
        return 0;
      }
    }
    return (1u << zeros) - 1 + bits(zeros);
  }
  int signed_golomb() {
    const auto code = std::int64_t{unsigned_golomb()};
    return static_cast<int>(code % 2 != 0 ? (code + 1) / 2 : -code / 2);
  }

  bool overrun() const { return overrun_; }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool overrun_ = false;
};

bool has_chroma_format(int profile) {
  for (const int with : {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}) {
    if (profile == with) return true;
  }
  return false;
}

void skip_scaling_list(Bits& in, int size) {
  int last = 8;
  int next = 8;
  for (int i = 0; i < size && !in.overrun(); ++i) {
    if (next != 0) next = (last + in.signed_golomb() + 256) % 256;
    if (next != 0) last = next;
  }
}

void read_chroma_format(Bits& in, SequenceParameters& sps) {
  sps.chroma_format = static_cast<int>(in.unsigned_golomb());
  if (sps.chroma_format == 3) in.flag();  // separate_colour_plane_flag
  sps.luma_bits = 8 + static_cast<int>(in.unsigned_golomb());
  sps.chroma_bits = 8 + static_cast<int>(in.unsigned_golomb());
  in.flag();  // qpprime_y_zero_transform_bypass_flag
  if (!in.flag()) return;
  for (int i = 0; i < (sps.chroma_format != 3 ? 8 : 12); ++i) {
    if (in.flag()) skip_scaling_list(in, i < 6 ? 16 : 64);
  }
}

void skip_order_count(Bits& in) {
  const unsigned type = in.unsigned_golomb();
  if (type == 0) {
    in.unsigned_golomb();
  } else if (type == 1) {
    in.flag();
    in.signed_golomb();
    in.signed_golomb();
    const unsigned count = in.unsigned_golomb();
    for (unsigned i = 0; i < count && !in.overrun(); ++i) in.signed_golomb();
  }
}

// The start of the video usability information: shape of samples, and colour.
void read_usability(Bits& in, SequenceParameters& sps) {
  if (in.flag()) {
    const unsigned aspect = in.bits(8);
    if (aspect == kExtendedAspect) {
      const auto width = std::int64_t{in.bits(16)};
      sps.sample_aspect = Rational::of(width, std::int64_t{in.bits(16)});
    } else if (aspect >= 1 && aspect <= kAspects.size()) {
      sps.sample_aspect = kAspects[aspect - 1];
    }
  }
  if (in.flag()) in.flag();  // overscan
  if (!in.flag()) return;    // video_signal_type_present_flag
  in.bits(3);
  sps.full_range = in.flag();
  if (!in.flag()) return;
  sps.primaries = static_cast<int>(in.bits(8));
  sps.transfer = static_cast<int>(in.bits(8));
  sps.matrix = static_cast<int>(in.bits(8));
}

}  // namespace

std::optional<AvcConfig> parse_avc_config(std::string_view record) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(record[at]); };
  if (record.size() < 7 || byte(0) != 1) return std::nullopt;
  AvcConfig config;
  config.length_size = (byte(4) & 3u) + 1;
  std::size_t at = 5;
  for (auto* sets : {&config.sps, &config.pps}) {
    if (at >= record.size()) return std::nullopt;
    const unsigned count = byte(at++) & (sets == &config.sps ? 31u : 255u);
    for (unsigned i = 0; i < count; ++i) {
      if (at + 2 > record.size()) return std::nullopt;
      const std::size_t size = std::size_t{byte(at)} << 8 | byte(at + 1);
      at += 2;
      if (size == 0 || at + size > record.size()) return std::nullopt;
      if ((byte(at) & 31) != (sets == &config.sps ? kSpsType : kPpsType)) return std::nullopt;
      sets->emplace_back(record.substr(at, size));
      at += size;
    }
  }
  return config;
}

std::optional<SequenceParameters> parse_sps(std::string_view nal) {
  const auto bytes = without_emulation_prevention(nal);
  if (bytes.size() < 4 || (static_cast<unsigned char>(bytes[0]) & 31) != kSpsType) {
    return std::nullopt;
  }
  Bits in(std::string_view(bytes).substr(1));
  SequenceParameters sps;
  sps.profile = static_cast<int>(in.bits(8));
  sps.constraints = static_cast<int>(in.bits(8));
  sps.level = static_cast<int>(in.bits(8));
  in.unsigned_golomb();  // seq_parameter_set_id
  if (has_chroma_format(sps.profile)) read_chroma_format(in, sps);
  in.unsigned_golomb();  // log2_max_frame_num_minus4
  skip_order_count(in);
  in.unsigned_golomb();  // max_num_ref_frames
  in.flag();             // gaps_in_frame_num_value_allowed_flag
  const unsigned across = in.unsigned_golomb() + 1;
  const unsigned down = in.unsigned_golomb() + 1;
  sps.frames_only = in.flag();
  if (!sps.frames_only) in.flag();  // mb_adaptive_frame_field_flag
  in.flag();                        // direct_8x8_inference_flag
  if (across > kMaxMacroblocks || down > kMaxMacroblocks) return std::nullopt;
  sps.width = static_cast<int>(across * 16);
  sps.height = static_cast<int>(down * 16) * (sps.frames_only ? 1 : 2);
  if (in.flag()) {
    const int unit_x = sps.chroma_format == 1 || sps.chroma_format == 2 ? 2 : 1;
    const int unit_y = (sps.chroma_format == 1 ? 2 : 1) * (sps.frames_only ? 1 : 2);
    const std::int64_t horizontal = std::int64_t{in.unsigned_golomb()} + in.unsigned_golomb();
    const std::int64_t vertical = std::int64_t{in.unsigned_golomb()} + in.unsigned_golomb();
    if (horizontal * unit_x >= sps.width || vertical * unit_y >= sps.height) return std::nullopt;
    sps.width -= static_cast<int>(horizontal) * unit_x;
    sps.height -= static_cast<int>(vertical) * unit_y;
  }
  if (in.flag()) read_usability(in, sps);
  if (in.overrun()) return std::nullopt;
  return sps;
}

}  // namespace sluice::media
