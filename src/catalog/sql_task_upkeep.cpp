#include "catalog/sql_catalog.h"
#include "catalog/sql_task_moves.h"
#include "catalog/sql_video_rows.h"
#include "video/object_key.h"
#include "video/state.h"

namespace sluice {
namespace {

constexpr const char* kUploadsBucket = "uploads";

// Running tasks that `which` (a condition) selects, each lost.
Result<int> lose_tasks(SqlSession& sql, std::string_view query, const std::vector<SqlParam>& params,
                       Timestamp now) {
  int lost = 0;
  for (const auto& [id] : sql.rows<TaskId>(query, params)) {
    const auto locked = lock_task(sql, id);
    // An earlier loss may have ended the video and with it this task.
    if (!locked || locked->row.task.state != TaskState::running) continue;
    SLUICE_TRY(lose_task(sql, *locked, now));
    ++lost;
  }
  return lost;
}

Result<int> expire_uploads(SqlSession& sql, Timestamp now) {
  int expired = 0;
  for (const auto& [id] : sql.rows<VideoId>(
           "SELECT videos.id FROM videos JOIN uploads ON uploads.video_id = videos.id "
           "WHERE videos.status = 'pending' AND uploads.expires_at <= :now",
           {{"now", now}})) {
    const auto video = lock_video_row(sql, id);
    if (!video || video->status != VideoStatus::pending) continue;
    SLUICE_TRY(store_move(sql, *video, expire_upload(*video, now)));
    ++expired;
  }
  return expired;
}

tl::unexpected<Error> upload_expired() {
  return fail(ErrorKind::conflict, "upload_expired",
              "The upload was not completed in time; upload the file again.");
}

}  // namespace

Result<Video> SqlCatalog::complete_upload(const VideoId& id, std::int64_t size_bytes,
                                          Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<Video> {
    auto video = lock_video_row(sql, id);
    if (!video) return video_not_found();
    if (video->status != VideoStatus::pending) {
      if (!has_tasks(sql, id)) return upload_expired();
      return std::move(*video);
    }
    SLUICE_TRY_ASSIGN(auto queued,
                      store_move(sql, *video, queue_uploaded(*video, size_bytes, now)));
    insert_task(sql, id, TaskSpec{}, now);
    return queued;
  });
}

Result<Video> SqlCatalog::retry_video(const VideoId& id, Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<Video> {
    const auto video = lock_video_row(sql, id);
    if (!video) return video_not_found();
    SLUICE_TRY_ASSIGN(auto queued, store_move(sql, *video, requeue_video(*video, now)));
    // Only an upload that never ended fails without a task, and there is nothing to go on from.
    if (renew_tasks(sql, id, now) == 0) return upload_expired();
    return queued;
  });
}

Result<std::vector<OutboxEntry>> SqlCatalog::unpublished(int limit) {
  return database_->read([&](SqlSession& sql) -> Result<std::vector<OutboxEntry>> {
    std::vector<OutboxEntry> entries;
    for (const auto& [id, video, kind, lane, first_chunk] :
         sql.rows<TaskId, VideoId, std::string, std::string, int>(
             "SELECT id, video_id, kind, lane, first_chunk FROM tasks "
             "WHERE published = 0 AND state = 'waiting' ORDER BY number LIMIT :limit",
             {{"limit", limit}})) {
      TaskMessage message{
          id,          parse_task_kind(kind).value(), video, kUploadsBucket, source_key(video),
          std::nullopt};
      const bool of_a_chunk = message.kind == TaskKind::video || message.kind == TaskKind::audio;
      if (of_a_chunk) message.chunk = first_chunk;
      entries.push_back({parse_lane(lane).value(), std::move(message)});
    }
    return entries;
  });
}

Result<> SqlCatalog::mark_published(const std::vector<TaskId>& tasks) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    for (const auto& id : tasks) {
      sql.run("UPDATE tasks SET published = 1 WHERE id = :id", {{"id", id}});
    }
    return {};
  });
}

Result<> SqlCatalog::fail_undeliverable(const TaskId& task, Timestamp published_at,
                                        Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    const auto locked = lock_task(sql, task);
    // In the outbox it is about to get a new message.
    if (!locked || !locked->row.published || locked->row.updated_at > published_at) return {};
    if (give_up_task(sql, task, now) == 0) return {};
    return fail_whole_video(sql, locked->video, processing_failed(), now);
  });
}

Result<int> SqlCatalog::sweep(Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<int> {
    SLUICE_TRY_ASSIGN(
        const int lost,
        lose_tasks(sql, "SELECT id FROM tasks WHERE state = 'running' AND lease_until <= :now",
                   {{"now", now}}, now));
    SLUICE_TRY_ASSIGN(const int expired, expire_uploads(sql, now));
    sql.run(
        "UPDATE tasks SET published = 0, updated_at = :now "
        "WHERE state = 'waiting' AND published = 1 AND updated_at <= :since",
        {{"now", now}, {"since", now - kRepublishAfter}});
    return lost + expired;
  });
}

Result<int> SqlCatalog::release_all_leases(Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<int> {
    return lose_tasks(sql, "SELECT id FROM tasks WHERE state = 'running'", {}, now);
  });
}

Result<std::vector<VideoId>> SqlCatalog::removed_videos(Timestamp removed_before) {
  return database_->read([&](SqlSession& sql) -> Result<std::vector<VideoId>> {
    std::vector<VideoId> videos;
    for (auto& [id] :
         sql.rows<VideoId>("SELECT video_id FROM removed_videos WHERE removed_at < :removed_before "
                           "ORDER BY removed_at, video_id",
                           {{"removed_before", removed_before}})) {
      videos.push_back(std::move(id));
    }
    return videos;
  });
}

Result<> SqlCatalog::forget_removed(const VideoId& video) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    sql.run("DELETE FROM removed_videos WHERE video_id = :video_id", {{"video_id", video}});
    return {};
  });
}

Result<std::vector<Upload>> SqlCatalog::expired_uploads(Timestamp expired_before) {
  return database_->read([&](SqlSession& sql) -> Result<std::vector<Upload>> {
    std::vector<Upload> uploads;
    for (auto& [video, size_bytes, upload_id, part_size, expires_at] :
         sql.rows<VideoId, std::int64_t, std::string, std::int64_t, Timestamp>(
             "SELECT videos.id, uploads.size_bytes, upload_id, part_size, expires_at "
             "FROM videos JOIN uploads ON uploads.video_id = videos.id "
             "WHERE videos.status = 'failed' AND uploads.expires_at < :expired_before "
             "AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.video_id = videos.id) "
             "ORDER BY expires_at, videos.id",
             {{"expired_before", expired_before}})) {
      uploads.push_back({std::move(video), size_bytes, std::move(upload_id), part_size, expires_at});
    }
    return uploads;
  });
}

Result<> SqlCatalog::forget_upload(const VideoId& video) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    sql.run("DELETE FROM uploads WHERE video_id = :video_id", {{"video_id", video}});
    return {};
  });
}

Result<TaskCounts> SqlCatalog::count_tasks() {
  return database_->read([&](SqlSession& sql) -> Result<TaskCounts> {
    TaskCounts counts;
    for (const auto& [name, count] :
         sql.rows<std::string, std::int64_t>("SELECT state, COUNT(*) FROM tasks GROUP BY state")) {
      const auto state = parse_task_state(name);
      if (state == TaskState::waiting) counts.waiting = count;
      if (state == TaskState::running) counts.running = count;
      if (state == TaskState::done) counts.done = count;
      if (state == TaskState::failed) counts.failed = count;
    }
    counts.work_waiting =
        sql.value<double>("SELECT COALESCE(SUM(work), 0) FROM tasks WHERE state = 'waiting'");
    return counts;
  });
}

}  // namespace sluice
