#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "catalog/fold_case.h"
#include "catalog/sql_catalog.h"
#include "catalog/sql_task_rows.h"
#include "catalog/sql_video_rows.h"
#include "catalog/sql_webhook_events.h"
#include "video/state.h"

namespace sluice {

Result<> SqlCatalog::create_video(const Video& video, const Upload& upload) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    insert_video(sql, video);
    sql.run(
        "INSERT INTO uploads (video_id, size_bytes, upload_id, part_size, expires_at) "
        "VALUES (:video_id, :size_bytes, :upload_id, :part_size, :expires_at)",
        {{"video_id", video.id},
         {"size_bytes", upload.size_bytes},
         {"upload_id", upload.upload_id},
         {"part_size", upload.part_size},
         {"expires_at", upload.expires_at}});
    return {};
  });
}

Result<Video> SqlCatalog::find_video(const VideoId& id) {
  return database_->read([&](SqlSession& sql) -> Result<Video> {
    auto video = find_video_row(sql, id);
    if (!video) return video_not_found();
    return std::move(*video);
  });
}

Result<std::vector<Video>> SqlCatalog::find_videos(std::span<const VideoId> ids) {
  return database_->read([&](SqlSession& sql) -> Result<std::vector<Video>> {
    if (ids.size() == 1) return select_videos(sql, "WHERE id = :id", {{"id", ids.front()}});
    auto texts = nlohmann::json::array();
    for (const VideoId& id : ids) texts.push_back(id.str());
    return select_videos(sql, fmt::format("WHERE id IN ({})", sql.dialect().texts),
                         {{"texts", texts.dump()}});
  });
}

Result<Upload> SqlCatalog::find_upload(const VideoId& id) {
  return database_->read([&](SqlSession& sql) -> Result<Upload> {
    const auto found = sql.row<std::int64_t, std::string, std::int64_t, Timestamp>(
        "SELECT size_bytes, upload_id, part_size, expires_at FROM uploads WHERE video_id = :id",
        {{"id", id}});
    if (!found) return video_not_found();
    const auto& [size_bytes, upload_id, part_size, expires_at] = *found;
    return Upload{id, size_bytes, upload_id, part_size, expires_at};
  });
}

Result<Video> SqlCatalog::update_video(const VideoId& id, const VideoChanges& changes,
                                       Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<Video> {
    auto video = lock_video_row(sql, id);
    if (!video) return video_not_found();
    if (!changes.title && !changes.visibility) return std::move(*video);
    if (changes.title) video->title = *changes.title;
    if (changes.visibility) video->visibility = *changes.visibility;
    auto changed = touched(std::move(*video), now);
    sql.run(
        "UPDATE videos SET title = :title, title_folded = :title_folded,"
        " visibility = :visibility, updated_at = :updated_at WHERE id = :id",
        {{"title", changed.title},
         {"title_folded", fold_case(changed.title)},
         {"visibility", to_string(changed.visibility)},
         {"updated_at", changed.updated_at},
         {"id", id}});
    return changed;
  });
}

Result<> SqlCatalog::remove_video(const VideoId& id, Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    // Locked first, so that no task of it moves in between; its other rows go with it.
    auto video = lock_video_row(sql, id);
    if (!video) return video_not_found();
    lock_open_tasks(sql, id);
    sql.run("DELETE FROM videos WHERE id = :id", {{"id", id}});
    sql.run(
        "INSERT INTO removed_videos (video_id, removed_at) VALUES (:id, :now) "
        "ON CONFLICT (video_id) DO NOTHING",
        {{"id", id}, {"now", now}});
    tell_webhooks(sql, WebhookEvent::deleted, touched(std::move(*video), now));
    return {};
  });
}

Result<std::optional<std::string>> SqlCatalog::find_plan(const VideoId& id) {
  return database_->read([&](SqlSession& sql) -> Result<std::optional<std::string>> {
    const auto found = sql.row<std::optional<std::string>>(
        "SELECT plans.plan_json FROM videos LEFT JOIN plans ON plans.video_id = videos.id "
        "WHERE videos.id = :id",
        {{"id", id}});
    if (!found) return video_not_found();
    return std::get<0>(*found);
  });
}

Result<std::vector<StoredSegment>> SqlCatalog::stored_segments(const VideoId& id,
                                                               std::string_view track) {
  return database_->read([&](SqlSession& sql) -> Result<std::vector<StoredSegment>> {
    constexpr std::string_view kAll =
        "SELECT track, segment_index, start_ticks, duration_ticks, size_bytes, work,"
        " sample_count, first_sample_end_bytes FROM segments "
        "WHERE video_id = :id ORDER BY track, segment_index";
    constexpr std::string_view kOne =
        "SELECT track, segment_index, start_ticks, duration_ticks, size_bytes, work,"
        " sample_count, first_sample_end_bytes FROM segments "
        "WHERE video_id = :id AND track = :track ORDER BY segment_index";
    std::vector<SqlParam> params = {{"id", id}};
    if (!track.empty()) params.push_back({"track", track});
    std::vector<StoredSegment> segments;
    for (auto& row : sql.rows<std::string, int, std::int64_t, std::int64_t, std::int64_t, double,
                              int, std::int64_t>(track.empty() ? kAll : kOne, params)) {
      StoredSegment segment;
      std::tie(segment.track, segment.index, segment.start_ticks, segment.duration_ticks,
               segment.size_bytes, segment.work, segment.sample_count,
               segment.first_sample_end_bytes) = std::move(row);
      segments.push_back(std::move(segment));
    }
    if (segments.empty() && !find_video_row(sql, id)) return video_not_found();
    return segments;
  });
}

}  // namespace sluice
