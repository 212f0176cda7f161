#include "transcode/check_output.h"

#include <cstdlib>
#include <map>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "plan/storyboard.h"
#include "video/object_key.h"

namespace sluice {
namespace {

// Between what a container says of its length and where its frames really end.
constexpr double kEndToleranceSeconds = kSegmentSeconds;

using Sizes = std::map<std::string, std::int64_t, std::less<>>;

tl::unexpected<Error> incomplete(std::string what) {
  return fail(ErrorKind::internal, "output_incomplete", std::move(what));
}

struct OutputCheck {
  const VideoId& video;
  const Plan& plan;
  const Sizes& sizes;

  Result<> object(std::string_view track, const StoredSegment& segment) const {
    const auto found = sizes.find(segment_key(video, track, segment.index));
    if (found != sizes.end() && found->second == segment.size_bytes) return {};
    return incomplete(fmt::format("Segment {} of {} is {}.", segment.index, track,
                                  found == sizes.end() ? "missing" : "of another size"));
  }

  Result<> sheets() const {
    const int chunks = static_cast<int>(plan.timeline.chunks.size());
    for (int chunk = 0; chunk < chunks; ++chunk) {
      const auto name = sheet_name(chunk);
      if (sheet_of(plan, chunk).tile_count > 0 && !sizes.contains(video_prefix(video) + name)) {
        return incomplete(fmt::format("{} of the storyboard is missing.", name));
      }
    }
    return {};
  }

  // Where the track ends, in ticks.
  Result<std::int64_t> segments(const std::string& track,
                                const std::vector<StoredSegment>& stored) const {
    if (!sizes.contains(init_key(video, track))) {
      return incomplete(fmt::format("The init segment of {} is missing.", track));
    }
    if (static_cast<int>(stored.size()) != plan.timeline.segment_count) {
      return incomplete(fmt::format("{} has {} of {} segments.", track, stored.size(),
                                    plan.timeline.segment_count));
    }
    std::int64_t end = stored.empty() ? 0 : stored.front().start_ticks;
    for (std::size_t i = 0; i < stored.size(); ++i) {
      if (stored[i].index != static_cast<int>(i) || stored[i].start_ticks != end) {
        return incomplete(fmt::format("{} has a gap before segment {}.", track, stored[i].index));
      }
      SLUICE_TRY(object(track, stored[i]));
      end += stored[i].duration_ticks;
    }
    const double seconds =
        static_cast<double>(end) / static_cast<double>(timescale_of(plan, track));
    if (std::abs(seconds - plan.timeline.duration_seconds) > kEndToleranceSeconds) {
      return incomplete(fmt::format("{} ends at {:.3f} s of {:.3f} s.", track, seconds,
                                    plan.timeline.duration_seconds));
    }
    return end;
  }
};

}  // namespace

std::int64_t timescale_of(const Plan& plan, const std::string& track) {
  for (const auto& audio : plan.audio) {
    if (audio.name == track) return audio.sample_rate;
  }
  return plan.timeline.timescale;
}

Result<> check_output(const VideoId& video, const Plan& plan,
                      const std::vector<StoredSegment>& segments,
                      const std::vector<ObjectInfo>& objects) {
  Sizes sizes;
  for (const auto& object : objects) sizes.emplace(object.key, object.size_bytes);
  std::map<std::string, std::vector<StoredSegment>> by_track;
  for (const auto& segment : segments) by_track[segment.track].push_back(segment);

  const OutputCheck check{video, plan, sizes};
  std::optional<std::int64_t> video_end;
  for (const auto& rendition : plan.renditions) {
    SLUICE_TRY_ASSIGN(const auto end, check.segments(rendition.name, by_track[rendition.name]));
    if (video_end && *video_end != end) {
      return incomplete(fmt::format("{} does not end with the other renditions.", rendition.name));
    }
    video_end = end;
  }
  for (const auto& audio : plan.audio) {
    SLUICE_TRY(check.segments(audio.name, by_track[audio.name]));
  }
  return check.sheets();
}

}  // namespace sluice
