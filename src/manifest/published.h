// What of a video a manifest may name: the part that all manifest formats share.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.h"
#include "video/task.h"

namespace sluice {

enum class Growth {
  growing,   // more segments will come
  stopped,   // the video failed: this is all there is
  complete,  // every segment is stored
};

// Where media is fetched: base_url + "720p/00000.m4s" + query, or relative to the track's own
// playlist when base_url is empty.
struct MediaUrls {
  std::string base_url;  // ends with '/' or is empty
  std::string query;     // "" or "?Policy=…"
};

// Stored segments by track, each from segment 0 on without a gap: a chunk that is ready before the
// one in front of it waits. A track whose segment 0 is missing isn't here.
using PublishedTracks = std::map<std::string, std::vector<StoredSegment>, std::less<>>;
PublishedTracks publish(std::vector<StoredSegment> stored);

// Ticks per second of a track; nothing when the plan has no such track.
std::optional<std::int64_t> track_timescale(const Plan& plan, std::string_view track);

}  // namespace sluice
