// Where a video is cut, and which runs of segments are encoded together.
#pragma once

#include "plan/plan.h"

namespace sluice {

// On the grid a segment starts with the first frame at or after its boundary. If none comes within
// this long, a repeat of the frame before stands at the boundary itself. So no segment is longer than
// kSegmentSeconds + kBoundarySlack, which still rounds to kSegmentSeconds: the target duration.
// Boundaries that follow the source's key frames have a frame each, and no slack.
inline constexpr double kBoundarySlackSeconds = 0.4;

// A timescale in which every source timestamp is a whole number, or 90000 where none can be.
std::int64_t choose_timescale(Rational source_time_base);

// Segments of the grid; a rest that is shorter than the slack joins the last one.
int count_segments(double duration_seconds);

// 1, 2, 4, 8, 8, … segments of kSegmentSeconds, fewer where segments are longer: the first picture
// comes soon, the rest goes on efficiently.
std::vector<Chunk> cut_chunks(const Timeline& timeline);

// Text is cut more coarsely than pictures, where a segment of them starts: a few hundred objects
// do for the longest film.
int text_segment_seconds(double duration_seconds);
// Text segment i goes from border i to border i + 1, in milliseconds of the video's time, each at
// least `segment_seconds` long but for the last.
std::vector<std::int64_t> text_borders_ms(const Timeline& timeline, int segment_seconds);

// Where segment `index` starts; of `segment_count`, where the last one ends at the latest (but for
// the slack).
std::int64_t boundary_ticks(const Timeline& timeline, int index);
double boundary_seconds(const Timeline& timeline, int index);

// How much later than its boundary a segment of the video may start, or the last one end.
std::int64_t slack_ticks(const Timeline& timeline);

// No track goes on beyond this. Sound may end a little after the picture.
std::int64_t latest_end_ticks(const Timeline& timeline);

// Seconds that no segment of any track exceeds once rounded; fixed before the first one is made.
int target_duration_seconds(const Timeline& timeline);

}  // namespace sluice
