// A video as the API describes it. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/time.h"
#include "video/playback_urls.h"
#include "video/video.h"

namespace sluice {

// Signed URLs of a video as far as there is something behind them.
struct VideoUrls {
  std::optional<PlaybackUrl> playback;
  std::optional<std::string> poster;
  std::optional<std::string> storyboard;  // GET /api/videos/:id
  std::vector<RenditionUrl> renditions;   // the same
  std::vector<TextTrackUrl> tracks;       // the same
};

// One entry of a list: everything but renditions and storyboard. Times are RFC 3339, what isn't known is null.
nlohmann::json video_summary_json(const Video& video, const VideoUrls& urls, Timestamp now);

// GET /api/videos/:id. Notes are for the owner's eyes.
enum class Viewer { owner, anybody };
nlohmann::json video_json(const Video& video, const VideoUrls& urls, Viewer viewer, Timestamp now);

// One of its tracks.
nlohmann::json track_json(const TextTrackUrl& track);

// The part that changes while a video is processed: the data of its events.
nlohmann::json progress_json(const Video& video, Timestamp now);

}  // namespace sluice
