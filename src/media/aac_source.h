// AAC in a source, and whether it can be kept as it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/byte_source.h"
#include "media/av.h"
#include "plan/plan.h"

namespace sluice::media {

// What an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1) says, where it is plain AAC-LC: frames of
// 1024 samples, no dependent coders, no spectral band replication announced. Nothing otherwise.
struct AacConfig {
  int sample_rate = 0;
  int channels = 0;  // 1 to 6
};
std::optional<AacConfig> read_aac_config(std::string_view config);
std::string write_aac_config(const AacConfig& config);

// Nothing where there is any doubt: not AAC-LC, frames that don't follow each other without a gap
// on a grid of 1024 samples, a file without a complete index, or one that ends before its index.
std::optional<AacTrackFacts> read_aac_track(AVStream* stream, std::int64_t file_bytes);

// A file in which a track changes its format half-way has several descriptions of it (ISO/IEC
// 14496-12, 8.5.2). False too where that can't be found out.
bool has_single_descriptions(const ByteSource& file);

// The init segment of a track whose frames are copied.
std::string aac_init_segment(const AudioRendition& track);

}  // namespace sluice::media
