// The rows of the text_tracks table.
#pragma once

#include "catalog/sql_session.h"
#include "video/text_track.h"
#include "video/video.h"

namespace sluice {

// 0 when there is one of this name already.
std::int64_t insert_text_track(SqlSession& sql, const VideoId& video, const TextTrack& track,
                               Timestamp now);

// Somebody may see that something has changed. The video's row is locked.
void touch_video(SqlSession& sql, const Video& video, Timestamp now);

}  // namespace sluice
