// Where a video is cut, and which runs of segments are encoded together.
#pragma once

#include "plan/plan.h"

namespace sluice {

// A segment starts with the first frame at or after its boundary. If none comes within this long,
// a repeat of the frame before stands at the boundary itself. So no segment is longer than
// kSegmentSeconds + kBoundarySlack, which still rounds to kSegmentSeconds: the target duration.
inline constexpr double kBoundarySlackSeconds = 0.4;

// A timescale in which every source timestamp is a whole number, or 90000 where none can be.
std::int64_t choose_timescale(Rational source_time_base);

// Segments of kSegmentSeconds; a rest that is shorter than the slack joins the last one.
int count_segments(double duration_seconds);

// 1, 2, 4, 8, 8, … segments: the first picture comes soon, the rest goes on efficiently.
std::vector<Chunk> cut_chunks(int segment_count);

// Start of segment `index` on the grid, in ticks.
std::int64_t boundary_ticks(const Timeline& timeline, int index);
std::int64_t slack_ticks(const Timeline& timeline);

}  // namespace sluice
