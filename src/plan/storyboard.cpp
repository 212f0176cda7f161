#include "plan/storyboard.h"

#include <algorithm>
#include <cmath>

#include "plan/timeline.h"

namespace sluice {
namespace {

constexpr int kMaxTileWidth = 256;
constexpr int kMaxTileHeight = 144;
constexpr int kMaxColumns = 5;

int interval_of(double duration_seconds) {
  if (duration_seconds <= 2 * 60) return 1;
  if (duration_seconds <= 20 * 60) return 2;
  if (duration_seconds <= 3 * 3600) return 4;
  return 8;
}

// Rendition sizes are even, so nothing exceeds `most` by being rounded.
int even_part(int size, double scale, int most) {
  return std::clamp(2 * static_cast<int>(std::lround(size * scale / 2)), 2, std::max(most, 2));
}

int tile_count(const Timeline& timeline, int interval) {
  return std::max(1, static_cast<int>(std::ceil(timeline.duration_seconds / interval)));
}

int ceil_divide(int value, int by) { return (value + by - 1) / by; }

// The first tile that is shown at the start of a segment or later.
int first_tile(const Timeline& timeline, int segment, int interval) {
  return static_cast<int>(scale(boundary_ticks(timeline, segment),
                                Rational::of(1, timeline.timescale * interval), Round::up));
}

}  // namespace

Storyboard plan_storyboard(double duration_seconds, const Rendition& smallest) {
  const double scale =
      std::min({1.0, double{kMaxTileWidth} / smallest.width, double{kMaxTileHeight} / smallest.height});
  return {interval_of(duration_seconds),
          even_part(smallest.width, scale, std::min(smallest.width, kMaxTileWidth)),
          even_part(smallest.height, scale, std::min(smallest.height, kMaxTileHeight))};
}

Sheet sheet_of(const Plan& plan, int chunk) {
  if (!plan.storyboard) return {};
  const int interval = plan.storyboard->interval_seconds;
  const auto& chunks = plan.timeline.chunks;
  const auto& own = chunks[static_cast<std::size_t>(chunk)];
  const int all = tile_count(plan.timeline, interval);
  // The last segment may be longer than the others.
  const bool last = chunk + 1 == static_cast<int>(chunks.size());
  const int first = first_tile(plan.timeline, own.first_segment, interval);
  const int end = last ? all : first_tile(plan.timeline, own.end_segment, interval);
  const int count = std::max(0, std::min(end, all) - first);
  if (count == 0) return {};
  const int columns = std::min(count, kMaxColumns);
  return {first, count, columns, ceil_divide(count, columns)};
}

bool may_hold_poster(const Timeline& timeline, int chunk) {
  const double until = std::max(30.0, std::min(timeline.duration_seconds / 5, 600.0));
  const auto& own = timeline.chunks[static_cast<std::size_t>(chunk)];
  return boundary_seconds(timeline, own.first_segment) < until;
}

double preferred_poster_seconds(const Timeline& timeline) { return timeline.duration_seconds / 10; }

}  // namespace sluice
