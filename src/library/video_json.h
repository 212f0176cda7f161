// A video as the API describes it. Pure.
#pragma once

#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/time.h"
#include "video/playback_urls.h"
#include "video/video.h"

namespace sluice {

// One entry of a list: everything but the renditions. Times are RFC 3339, what isn't known is null.
nlohmann::json video_summary_json(const Video& video, const std::optional<PlaybackUrl>& playback,
                                  Timestamp now);

// GET /api/videos/:id.
nlohmann::json video_json(const Video& video, const std::optional<PlaybackUrl>& playback,
                          const std::vector<RenditionUrl>& renditions, Timestamp now);

// The part that changes while a video is processed: the data of its events.
nlohmann::json progress_json(const Video& video, Timestamp now);

}  // namespace sluice
