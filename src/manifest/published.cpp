#include "manifest/published.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sluice {

PublishedTracks publish(std::vector<StoredSegment> stored) {
  std::sort(stored.begin(), stored.end(), [](const StoredSegment& a, const StoredSegment& b) {
    return std::tie(a.track, a.index) < std::tie(b.track, b.index);
  });
  PublishedTracks tracks;
  for (StoredSegment& segment : stored) {
    const auto known = tracks.find(segment.track);
    const int next = known == tracks.end() ? 0 : static_cast<int>(known->second.size());
    if (segment.index != next) continue;
    std::string track = segment.track;
    tracks[std::move(track)].push_back(std::move(segment));
  }
  return tracks;
}

std::optional<std::int64_t> track_timescale(const Plan& plan, std::string_view track) {
  for (const Rendition& rendition : plan.renditions) {
    if (rendition.name == track) return plan.timeline.timescale;
  }
  for (const AudioRendition& audio : plan.audio) {
    if (audio.name == track) return audio.sample_rate;
  }
  return std::nullopt;
}

}  // namespace sluice
