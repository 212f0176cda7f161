// Whether a source's H.264 is served as it is, in place of the largest rendition, and where the
// video is cut then. Pure; docs/decisions/pass-through.md says why the rules are what they are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace sluice {

// A key frame of the container's index.
struct KeyFrame {
  std::int64_t ticks = 0;  // when it is shown, on the video's timeline
  std::int64_t bytes = 0;  // of the picture's stream (or of all streams) up to the next one
};

// What is known of a source's H.264 without decoding it.
struct CopyFacts {
  int profile = 0;  // profile_idc
  bool constrained_baseline = false;
  int level = 0;  // 31 for 3.1
  bool is_420_8bit = false;
  bool frames_only = false;
  int width = 0;
  int height = 0;
  bool square_pixels = false;
  bool full_range = false;
  bool colors_as_encoded = false;  // says nothing of colours, or what encoded renditions say
  bool trimmed = false;            // an edit list hides some of the frames
  std::vector<KeyFrame> key_frames;
  std::int64_t end_ticks = 0;  // of the last frame
};

// Why the picture has to be encoded, in words for the one who asks; empty when it may be copied.
std::string why_not_copied(const Plan& plan, const CopyFacts& facts);

// Starts of the segments: of the key frames those that come nearest to every kSegmentSeconds; then
// `end_ticks`. Precondition: key frames rise, the first is at or after 0, none is further from the
// next than kLongestCopiedSegment.
std::vector<std::int64_t> follow_key_frames(const std::vector<KeyFrame>& key_frames,
                                            std::int64_t end_ticks, std::int64_t timescale);

// The plan with its largest rendition copied and its timeline following the key frames; the
// rendition as it would have been encoded becomes the spare. Precondition: why_not_copied is empty.
Plan copy_largest(Plan plan, const CopyFacts& facts);

// The copy turned out not to be possible: the spare takes its place, on the same timeline.
Plan encode_largest(Plan plan);

// A copied segment larger than this does not fit its rendition.
std::int64_t most_bytes(const Rendition& encoded, double segment_seconds);

}  // namespace sluice
