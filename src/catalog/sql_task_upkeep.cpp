#include "catalog/sql_catalog.h"
#include "catalog/sql_task_moves.h"
#include "catalog/sql_video_rows.h"
#include "video/state.h"

namespace sluice {
namespace {

// Done tasks are counted no further: that is history and not work, and a big library has many.
constexpr int kMaxDoneCounted = 10'000;

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
    sql.run("UPDATE uploads SET open = 0 WHERE video_id = :video_id", {{"video_id", id}});
    return queued;
  });
}

Result<Video> SqlCatalog::retry_video(const VideoId& id, Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<Video> {
    const auto video = lock_video_row(sql, id);
    if (!video) return video_not_found();
    const bool anew = video->error && video->error->code == kOutputInvalid;
    SLUICE_TRY_ASSIGN(auto queued,
                      store_move(sql, *video, anew ? remake_video(*video, now)
                                                   : requeue_video(*video, now)));
    // Only an upload that never ended fails without a task, and there is nothing to go on from.
    const auto renewed = anew ? start_over(sql, id, now) : renew_tasks(sql, id, now);
    if (renewed == 0) return upload_expired();
    return queued;
  });
}

Result<> SqlCatalog::fail_undeliverable(const TaskId& task, Timestamp published_at, Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    const auto locked = lock_task(sql, task);
    // In the outbox it is about to get a new message.
    if (!locked || !locked->row.published || locked->row.updated_at > published_at) return {};
    if (give_up_task(sql, task, now) == 0) return {};
    return fail_whole_video(sql, locked->video, processing_failed(), now);
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
             "FROM uploads JOIN videos ON videos.id = uploads.video_id "
             "WHERE uploads.open = 1 AND uploads.expires_at < :expired_before "
             "AND videos.status = 'failed' "
             "ORDER BY expires_at, videos.id",
             {{"expired_before", expired_before}})) {
      uploads.push_back(
          {std::move(video), size_bytes, std::move(upload_id), part_size, expires_at});
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
    for (const auto& [state_name, lane_name, count, work] :
         sql.rows<std::string, std::string, std::int64_t, double>(
             "SELECT state, lane, COUNT(*), SUM(work) FROM tasks "
             "WHERE state IN ('waiting', 'running', 'failed') GROUP BY state, lane")) {
      const auto state = parse_task_state(state_name);
      auto& backlog = parse_lane(lane_name) == Lane::first ? counts.first : counts.rest;
      if (state == TaskState::failed) counts.failed += count;
      if (state == TaskState::waiting) {
        backlog.waiting = count;
        backlog.work_waiting = work;
      } else if (state == TaskState::running) {
        backlog.running = count;
        backlog.work_running = work;
      }
    }
    counts.waiting = counts.first.waiting + counts.rest.waiting;
    counts.running = counts.first.running + counts.rest.running;
    counts.work_waiting = counts.first.work_waiting + counts.rest.work_waiting;
    counts.done = sql.value<std::int64_t>(
        "SELECT COUNT(*) FROM (SELECT 1 FROM tasks WHERE state = 'done' LIMIT :most) AS done",
        {{"most", kMaxDoneCounted}});
    return counts;
  });
}

}  // namespace sluice
