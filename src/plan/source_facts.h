// What a probe found in a source file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/rational.h"
#include "video/note.h"

namespace sluice {

struct VideoStreamFacts {
  int stream_index = 0;
  std::string codec;         // FFmpeg's name: "h264"
  std::string pixel_format;  // "yuv420p"
  int coded_width = 0;       // as stored
  int coded_height = 0;
  Rational sample_aspect{1, 1};
  int rotation = 0;  // clockwise degrees to turn the stored picture by: 0, 90, 180, 270
  bool mirrored = false;  // flipped left to right before it is turned
  Rational frame_rate;    // average; 0/1 when unknown
  Rational time_base{1, 90000};
  std::int64_t start_ticks = 0;  // of time_base
  std::int64_t frame_count = 0;  // that the container's index lists; 0 when it has none
  bool interlaced = false;
  bool may_be_interlaced = false;  // if not here, then elsewhere
  int dolby_vision_profile = 0;    // 0: none
  // Of HDR, as far as the source says: its brightest pixel (MaxCLL), and the brightest that the
  // screen it was made on could show; else 0.
  double max_content_nits = 0;
  double mastering_nits = 0;
  bool full_range = false;
  std::string color_primaries, color_transfer, color_matrix;  // FFmpeg's names; "" when not tagged
  // Longest distance of key frames that the index shows; nothing when the source has no index.
  std::optional<double> keyframe_interval_seconds;
};

// AAC-LC that may be kept as it is: whole frames of 1024 samples, one after the other.
struct AacTrackFacts {
  std::int64_t first_sample = 0;  // source time of the first frame's first sample
  std::int64_t frame_count = 0;
  std::int64_t peak_bps = 0;  // over the length of a segment
};

struct AudioStreamFacts {
  int stream_index = 0;
  std::string codec;
  int sample_rate = 0;  // Hz
  int channels = 0;
  std::string language;  // BCP 47 as far as known; "" when not tagged
  std::string title;
  bool is_default = false;
  double start_seconds = 0;
  std::string channel_layout{};  // FFmpeg's name: "5.1(side)"; "" when channels are not placed
  std::string role{};            // "commentary", "description" (of the picture), "dub", or ""
  std::optional<AacTrackFacts> aac{};  // none where there is any doubt
};

// From this byte of the file on its clock is that much behind the one in front.
struct TimeJump {
  std::int64_t position_bytes = 0;
  double shift_seconds = 0;  // to add; all in all, not to the jump before
};

// Subtitles as text; those that are pictures (DVD, Blu-ray, DVB) are only counted.
struct TextStreamFacts {
  int stream_index = 0;
  std::string codec;  // FFmpeg's name: "subrip"
  std::string language;
  std::string title;
  bool is_default = false;
  bool forced = false;
  bool for_the_deaf = false;  // sounds are described too
};

struct SourceFacts {
  std::string container;  // FFmpeg's name of the demuxer
  std::int64_t size_bytes = 0;
  double duration_seconds = 0;  // measured from `origin_seconds` to the end of the last frame
  double origin_seconds = 0;    // the source time that becomes 0 of the output
  std::optional<VideoStreamFacts> video;
  std::vector<AudioStreamFacts> audio;
  std::vector<TextStreamFacts> text;
  int picture_subtitles = 0;
  std::int64_t bitrate_bps = 0;
  std::vector<TimeJump> time_jumps;  // by position; all times here are of the joined clock
  std::vector<Note> notes;           // for the owner: what the probe found to be odd
};

}  // namespace sluice
