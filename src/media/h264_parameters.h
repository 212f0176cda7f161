// What an H.264 stream says of itself: its parameter sets, as an MP4's avcC box holds them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/rational.h"

namespace sluice::media {

// AVCDecoderConfigurationRecord (ISO/IEC 14496-15 5.3.3.1), as far as it matters.
struct AvcConfig {
  std::size_t length_size = 4;  // bytes in front of each NAL unit
  std::vector<std::string> sps, pps;
};

// Nothing when the bytes are no such record.
std::optional<AvcConfig> parse_avc_config(std::string_view record);

// Sequence parameter set (ITU-T H.264 7.3.2.1.1 and E.1.1), as far as it matters.
struct SequenceParameters {
  int profile = 0;      // profile_idc
  int constraints = 0;  // the byte of constraint_set flags
  int level = 0;        // level_idc: 31 for 3.1
  int chroma_format = 1;
  int luma_bits = 8;
  int chroma_bits = 8;
  bool frames_only = true;  // no fields, not even in frames
  int width = 0;            // without what is cropped
  int height = 0;
  Rational sample_aspect{0, 1};  // 0/1: not said
  bool full_range = false;
  int primaries = 2;  // ISO/IEC 23091-2; 2: not said
  int transfer = 2;
  int matrix = 2;
};

// `nal` with its header byte. Nothing when it is cut short or makes no sense.
std::optional<SequenceParameters> parse_sps(std::string_view nal);

}  // namespace sluice::media
