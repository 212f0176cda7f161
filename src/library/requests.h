// What requests to the library say, checked. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "catalog/videos.h"
#include "http/message.h"
#include "video/text_track.h"

namespace sluice {

// ?limit=&cursor=&q= of GET /api/videos. `invalid`: invalid_limit, invalid_query. `owner` stays
// empty.
Result<VideoQuery> read_video_query(const http::Request& request);

// {title?, visibility?} of PATCH /api/videos/:id; members it doesn't know are `invalid`, code
// unknown_field, because a misspelt one would seem to work.
Result<VideoChanges> read_video_changes(const nlohmann::json& body);

// ?language=&label=&kind=&forced=&default= of POST /api/videos/:id/tracks; `name` stays empty.
// `invalid`: invalid_language, invalid_label, invalid_kind, invalid_flag.
Result<TextTrack> read_new_track(const http::Request& request);

}  // namespace sluice
