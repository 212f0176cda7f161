// CMAF tracks (ISO/IEC 23000-19): one init segment a rendition, one fragment a segment.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::media {

// ISO/IEC 23091-2 code points; 2 is "unspecified".
struct ColorTags {
  int primaries = 2;
  int transfer = 2;
  int matrix = 2;
  bool full_range = false;
};

struct VideoInit {
  std::int64_t timescale = 90000;
  int width = 0;
  int height = 0;
  std::string avc_config;  // AVCDecoderConfigurationRecord
  ColorTags color;
};

struct AudioInit {
  int sample_rate = 48000;  // also the timescale
  int channels = 2;
  std::int64_t bitrate_bps = 128000;
  std::string audio_specific_config;
  std::string language;  // ISO 639-2/T, "und" when unknown
};

// Headers that depend on nothing but these values. No edit list: the presentation time of a sample
// is its decode time plus its composition offset, for every track alike.
std::string write_init_segment(const VideoInit& init);
std::string write_init_segment(const AudioInit& init);

// One coded sample, in decode order.
struct Sample {
  std::string data;
  std::int64_t pts = 0;  // ticks of the track's timescale
  bool sync = false;
};

// Decode times of a segment's samples, in decode order, for which all of this holds: they rise; the
// first is the first presentation time, so that a segment starts at the presentation time of its
// first picture and the decode times of consecutive segments run on without a gap; no sample is
// decoded after it is shown, so no composition offset is negative; and no sample lasts beyond `end`.
//
// Negative offsets would do the same with less thought, but FFmpeg's demuxer moves a fragmented
// track with negative offsets back by the largest of them: picture two frames behind its sound. An
// edit list is ignored by some players and applied by others.
std::vector<std::int64_t> decode_times(const std::vector<Sample>& samples, std::int64_t end);

// A media segment of one fragment: styp, moof, mdat. `end` is where the next segment starts.
// `index` counts segments from 0.
// Precondition: samples not empty, presentation times distinct, all in [first, end).
std::string write_media_segment(const std::vector<Sample>& samples, std::int64_t end, int index);

}  // namespace sluice::media
