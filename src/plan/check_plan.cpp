#include "plan/check_plan.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include <fmt/format.h>

namespace sluice {
namespace {

constexpr std::size_t kMaxTracks = 64;
constexpr int kMaxSegments = 10'000'000;
constexpr int kMaxSide = 65'536;

tl::unexpected<Error> bad(std::string what) {
  return fail(ErrorKind::internal, "bad_plan", "The plan does not hold together: " + what + ".");
}

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Result<> check_names(const Plan& plan) {
  std::set<std::string> names;
  for (const auto& rendition : plan.renditions) names.insert(rendition.name);
  for (const auto& audio : plan.audio) names.insert(audio.name);
  if (plan.spare) names.insert(plan.spare->name);
  const auto tracks = plan.renditions.size() + plan.audio.size() + (plan.spare ? 1 : 0);
  if (tracks == 0 || tracks > kMaxTracks) return bad(fmt::format("it has {} tracks", tracks));
  if (names.size() != tracks) return bad("two tracks have one name");
  if (!std::all_of(names.begin(), names.end(), is_name)) return bad("a track has no proper name");
  return {};
}

Result<> check_tracks_of(const Plan& plan) {
  for (const auto& rendition : plan.renditions) {
    if (rendition.width <= 0 || rendition.width > kMaxSide || rendition.height <= 0 ||
        rendition.height > kMaxSide) {
      return bad(fmt::format("a rendition of {} x {}", rendition.width, rendition.height));
    }
  }
  for (const auto& audio : plan.audio) {
    if (audio.sample_rate <= 0 || audio.channels <= 0) return bad("a sound track without a rate");
  }
  if ((plan.mode == VideoMode::none) != plan.renditions.empty() ||
      (!plan.renditions.empty() && !plan.source.video)) {
    return bad("it has renditions and no picture, or the other way round");
  }
  // One of both is copied, on a timeline of its own.
  const bool copies = std::any_of(plan.renditions.begin(), plan.renditions.end(),
                                  [](const auto& rendition) { return rendition.copied; });
  if (copies && (!plan.spare || plan.spare->copied || !plan.renditions.front().copied ||
                 plan.timeline.boundaries.empty() || plan.renditions.size() < 2)) {
    return bad("it copies a rendition and has none to take its place");
  }
  return {};
}

Result<> check_timeline(const Timeline& timeline) {
  if (!std::isfinite(timeline.duration_seconds) || timeline.duration_seconds <= 0 ||
      timeline.timescale <= 0 || timeline.segment_count <= 0 ||
      timeline.segment_count > kMaxSegments) {
    return bad(fmt::format("{} segments in {} s of {} ticks each", timeline.segment_count,
                           timeline.duration_seconds, timeline.timescale));
  }
  int next = 0;
  for (const auto& chunk : timeline.chunks) {
    if (chunk.first_segment != next || chunk.end_segment <= next) {
      return bad(fmt::format("a chunk of segments {} to {} behind segment {}", chunk.first_segment,
                             chunk.end_segment, next));
    }
    next = chunk.end_segment;
  }
  if (next != timeline.segment_count) {
    return bad(fmt::format("{} segments in chunks of {}", timeline.segment_count, next));
  }
  const auto& boundaries = timeline.boundaries;
  if (boundaries.empty()) return {};
  if (boundaries.size() != static_cast<std::size_t>(timeline.segment_count) + 1 ||
      boundaries.front() < 0 ||
      std::adjacent_find(boundaries.begin(), boundaries.end(), std::greater_equal<>()) !=
          boundaries.end()) {
    return bad("its boundaries don't rise");
  }
  return {};
}

}  // namespace

Result<> check_plan(const Plan& plan) {
  SLUICE_TRY(check_names(plan));
  SLUICE_TRY(check_tracks_of(plan));
  return check_timeline(plan.timeline);
}

}  // namespace sluice
