// Which pictures go into which segment. Pure: frame times in, placements out.
//
// Every worker must come to the same cuts from the frames around its own chunk, whatever decoded
// them, so the rule looks only at times: a segment starts with the first frame at or after its
// boundary; where that frame comes later than the slack (a gap, a slide show), the segment starts
// at the boundary itself with a repeat of the frame before. The first frame of the video is shown
// from 0 on.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/plan.h"

namespace sluice::media {

// One picture to encode.
struct Placement {
  bool repeat_previous = false;  // the frame before, once more; else the frame that was asked about
  std::int64_t ticks = 0;        // its presentation time
  bool starts_segment = false;   // must be an IDR frame

  friend bool operator==(const Placement&, const Placement&) = default;
};

class SegmentCutter {
 public:
  SegmentCutter(const Timeline& timeline, Chunk chunk);

  // Frames come in presentation order, distinct; `has_previous`: one came before this one, be it
  // in front of the chunk. Frames in front of the chunk yield nothing.
  std::vector<Placement> next(std::int64_t ticks, bool has_previous);

  // The source has ended; its last frame lasts until `last_end`. Segments that are still missing
  // show the last frame.
  std::vector<Placement> finish(std::int64_t last_end);

  // No more frames are needed, and `end` (where the next chunk starts) is known.
  bool finished() const { return finished_; }
  std::int64_t end() const { return end_; }

 private:
  std::vector<Placement> place(std::int64_t ticks, bool has_previous);
  std::int64_t boundary(int segment) const;
  bool last_chunk() const { return chunk_.end_segment == timeline_.segment_count; }
  void end_at(std::int64_t ticks);

  Timeline timeline_;
  Chunk chunk_;
  int next_segment_;
  std::int64_t last_placed_ = -1;
  bool finished_ = false;
  std::int64_t end_ = 0;
};

}  // namespace sluice::media
