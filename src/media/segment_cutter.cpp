#include "media/segment_cutter.h"

#include <algorithm>
#include <cmath>

#include "plan/timeline.h"

namespace sluice::media {

SegmentCutter::SegmentCutter(const Timeline& timeline, Chunk chunk)
    : timeline_(timeline), chunk_(chunk), next_segment_(chunk.first_segment) {}

std::int64_t SegmentCutter::boundary(int segment) const {
  return boundary_ticks(timeline_, segment);
}

void SegmentCutter::end_at(std::int64_t ticks) {
  finished_ = true;
  end_ = ticks;
}

std::vector<Placement> SegmentCutter::next(std::int64_t ticks, bool has_previous) {
  auto placements = place(ticks, has_previous);
  if (!placements.empty()) last_placed_ = placements.back().ticks;
  return placements;
}

std::vector<Placement> SegmentCutter::place(std::int64_t ticks, bool has_previous) {
  std::vector<Placement> placements;
  if (finished_) return placements;
  const std::int64_t slack = slack_ticks(timeline_);
  if (next_segment_ == 0 && !has_previous) {
    ++next_segment_;
    placements.push_back({false, 0, true});
    return placements;
  }
  if (ticks < boundary(chunk_.first_segment)) return placements;
  while (next_segment_ < chunk_.end_segment && ticks >= boundary(next_segment_)) {
    const std::int64_t start = boundary(next_segment_++);
    if (ticks <= start + slack || !has_previous) {
      placements.push_back({false, ticks <= start + slack ? ticks : start, true});
      return placements;
    }
    placements.push_back({true, start, true});
  }
  const std::int64_t chunk_end = boundary(chunk_.end_segment);
  if (!last_chunk() && ticks >= chunk_end) {
    end_at(ticks <= chunk_end + slack ? ticks : chunk_end);
  } else if (ticks >= chunk_end + slack) {
    end_at(chunk_end + slack);  // more than was planned; the last segment must keep its length
  } else {
    placements.push_back({false, ticks, false});
  }
  return placements;
}

std::vector<Placement> SegmentCutter::finish(std::int64_t last_end) {
  std::vector<Placement> placements;
  if (finished_) return placements;
  for (; next_segment_ < chunk_.end_segment; ++next_segment_) {
    placements.push_back({true, boundary(next_segment_), true});
  }
  const std::int64_t chunk_end = boundary(chunk_.end_segment);
  if (!last_chunk() || !timeline_.boundaries.empty()) {
    end_at(chunk_end);
    return placements;
  }
  const std::int64_t slack = slack_ticks(timeline_);
  const auto planned = static_cast<std::int64_t>(
      std::llround(timeline_.duration_seconds * static_cast<double>(timeline_.timescale)));
  // The last frame's own length counts, unless the plan goes on for longer (over longer sound) or
  // the segment would be longer than it may.
  const std::int64_t end = last_end + slack < planned ? planned : last_end;
  const std::int64_t at_least = 1 + (placements.empty() ? last_placed_ : placements.back().ticks);
  end_at(std::clamp(end, at_least, std::max(at_least, chunk_end + slack)));
  return placements;
}

}  // namespace sluice::media
