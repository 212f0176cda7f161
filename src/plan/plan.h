// What is made of a source: decided once, before anything is encoded. Everything follows from it:
// object names, cut times, tasks, playlists.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/rational.h"
#include "base/result.h"
#include "plan/source_facts.h"
#include "video/task.h"

namespace sluice {

// Nominal length of a segment. How long a certain one is, says plan/timeline.h.
inline constexpr int kSegmentSeconds = 4;

// One rung of the ladder. The encoder settings are complete: nothing else may influence the bits.
struct Rendition {
  std::string name;  // "720p": the short side as displayed
  int width = 0;
  int height = 0;
  double crf = 0;                // x264 constant rate factor
  std::int64_t max_rate_bps = 0; // VBV
  std::int64_t buffer_bits = 0;
  std::string profile;           // "high"
  int level = 0;                 // 31 for 3.1
  std::string x264_params;       // the rest, in x264's own syntax
  bool copied = false;           // the source's own H.264; no encoder settings then
  std::string codecs;            // RFC 6381, from the real bitstream: "avc1.64001f"; after prepare
  std::string init_hash;         // SHA-256 of init.mp4, hex; after prepare
};

// One track in two channels, or the same in six. Renditions of one track have the same stream,
// language, title, role and default flag.
struct AudioRendition {
  std::string name;  // "audio-0", "audio-0-surround"
  int stream_index = 0;
  int sample_rate = 48000;
  int channels = 2;
  std::int64_t bitrate_bps = 128000;
  std::string language;
  std::string title;
  bool is_default = false;
  std::string codecs;  // "mp4a.40.2"
  std::string init_hash;
  std::string role;           // as AudioStreamFacts::role
  bool copied = false;        // the source's AAC frames as they are
  std::int64_t copy_shift = 0;  // source time in samples + this = a multiple of 1024, of the timeline
};

inline bool is_surround(const AudioRendition& rendition) { return rendition.channels > 2; }

// A subtitle track of the source that becomes WebVTT.
struct TextRendition {
  std::string name;  // "text-0"
  int stream_index = 0;
  std::string language;
  std::string title;
  bool is_default = false;
  bool forced = false;
  bool captions = false;  // describes sounds too
};

// Consecutive segments encoded by one task, [first_segment, end_segment).
struct Chunk {
  int first_segment = 0;
  int end_segment = 0;
};

// The cut times, read through plan/timeline.h. Segment i of the video starts with the first frame at
// or after its boundary (or with a repeat of the frame before, where none comes soon) and ends where
// the next one starts; audio segments start with the first AAC frame at or after it.
struct Timeline {
  std::int64_t timescale = 90000;  // ticks per second of every video rendition
  double duration_seconds = 0;
  int segment_count = 0;
  std::vector<Chunk> chunks;
  // Of every segment, and where the last one ends; in ticks. Empty: every kSegmentSeconds.
  std::vector<std::int64_t> boundaries{};
};

// Small pictures of the whole video, for a seek bar. Tile k shows the picture at k × interval; which
// tiles are on which sheet follows from the chunks (plan/storyboard.h).
struct Storyboard {
  int interval_seconds = 0;
  int tile_width = 0;
  int tile_height = 0;
};

enum class VideoMode {
  none,        // audio only
  chunked,     // chunks are independent tasks
  sequential,  // no usable seek index: one task walks the chunks in order
};

struct Plan {
  int version = 1;
  SourceFacts source;
  int width = 0;  // as displayed, square pixels, even
  int height = 0;
  Rational frame_rate;  // nominal, of the output
  VideoMode mode = VideoMode::none;
  Timeline timeline;
  std::vector<Rendition> renditions;  // largest first; only the first may be copied
  std::optional<Rendition> spare;     // takes the place of a copied one that can't be made after all
  std::string pass_through;           // why the largest is encoded; empty when it is copied
  std::vector<AudioRendition> audio;
  std::vector<TextRendition> text;  // none in plans of older versions
  std::optional<Storyboard> storyboard;  // none without a picture, and in plans of older versions
};

struct PlanPolicy {
  double max_duration_seconds = 12 * 3600;
  std::int64_t max_picture_pixels = std::int64_t{8192} * 4320;
  int max_tracks = 256;  // of every kind, before any is looked at
  bool pass_through = true;  // H.264 that fits is copied
};

// Pure. `invalid` (no_media, …) or `too_large` (too_long) with a sentence for the uploader.
Result<Plan> make_plan(const SourceFacts& source, const PlanPolicy& policy);

// The tasks of a plan in the order they should be taken: of the first chunk the copied rendition or the
// small ones, audio, the other renditions of the first chunk, the rest of the copied one, text, then
// the other chunks. A copied rendition is alone in its tasks.
std::vector<TaskSpec> plan_tasks(const Plan& plan);

// Those of one rendition alone.
std::vector<TaskSpec> tasks_of_rendition(const Plan& plan, const std::string& name);

// Estimated CPU seconds of one segment of a track, of average length; the unit of progress.
double segment_work(const Plan& plan, const std::string& track);
double total_work(const Plan& plan);

std::string to_json(const Plan& plan);
Result<Plan> plan_from_json(std::string_view json);  // `internal`, code bad_plan

}  // namespace sluice
