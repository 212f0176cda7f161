// The rows of the videos table.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/sql_session.h"
#include "video/video.h"

namespace sluice {

tl::unexpected<Error> video_not_found();

void insert_video(SqlSession& sql, const Video& video);
std::optional<Video> find_video_row(SqlSession& sql, const VideoId& id);

// The same, and nobody else moves this video or its tasks before the transaction ends. Every
// transaction that moves tasks starts here, so they can't pass each other.
std::optional<Video> lock_video_row(SqlSession& sql, const VideoId& id);

// `where` is everything behind FROM videos.
std::vector<Video> select_videos(SqlSession& sql, std::string_view where,
                                 const std::vector<SqlParam>& params, SqlPlan plan = SqlPlan::kept);

// The one place that writes status, playable and progress: stores what a move of video/state.h
// made of `before`, and tells webhooks. Passes the error of a refused move on.
Result<Video> store_move(SqlSession& sql, const Video& before, Result<Video> after);

}  // namespace sluice
