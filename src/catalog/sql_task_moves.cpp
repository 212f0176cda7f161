#include "catalog/sql_task_moves.h"

#include "catalog/sql_video_rows.h"
#include "video/state.h"

namespace sluice {

std::optional<LockedTask> lock_task(SqlSession& sql, const TaskId& id) {
  const auto video_id = find_video_of_task(sql, id);
  if (!video_id) return std::nullopt;
  auto video = lock_video_row(sql, *video_id);
  if (!video) return std::nullopt;
  // Read only now: until the lock was ours, it could still move.
  auto row = find_task_row(sql, id);
  if (!row) return std::nullopt;
  return LockedTask{std::move(*video), std::move(*row)};
}

tl::unexpected<Error> lease_lost() {
  return fail(ErrorKind::conflict, "lease_lost", "Somebody else has taken over this task.");
}

Result<LockedTask> lock_claimed(SqlSession& sql, const Claim& claim) {
  auto locked = lock_task(sql, claim.task.id);
  if (!locked || locked->row.task.state != TaskState::running || locked->row.fence != claim.fence) {
    return lease_lost();
  }
  return std::move(*locked);
}

Result<> fail_whole_video(SqlSession& sql, const Video& video, VideoError error, Timestamp now) {
  SLUICE_TRY(store_move(sql, video, fail_video(video, std::move(error), now)));
  cancel_tasks(sql, video.id, now);
  return {};
}

VideoError processing_failed() {
  return {"processing_failed", "Processing this video failed several times. You can retry it."};
}

Result<> lose_task(SqlSession& sql, const LockedTask& lost, Timestamp now) {
  const auto& id = lost.row.task.id;
  if (lost.row.losses < kMaxLosses) {
    return_task(sql, id, {.losses = 1, .to_outbox = true}, now);
    return {};
  }
  end_task(sql, id, TaskState::failed, now);
  return fail_whole_video(sql, lost.video, processing_failed(), now);
}

void finish_if_last(SqlSession& sql, const VideoId& video, Timestamp now) {
  if (has_open_work(sql, video)) return;
  TaskSpec finish;
  finish.kind = TaskKind::finish;
  finish.lane = Lane::first;
  insert_task(sql, video, finish, now);
}

bool opening_is_stored(SqlSession& sql, const VideoId& video) {
  const auto tracks = sql.rows<std::string, bool>(
      "SELECT kind, CASE WHEN EXISTS (SELECT 1 FROM segments"
      "  WHERE segments.video_id = opening_tracks.video_id"
      "  AND segments.track = opening_tracks.track AND segments.segment_index = 0)"
      " THEN 1 ELSE 0 END "
      "FROM opening_tracks WHERE video_id = :video_id",
      {{"video_id", video}});
  bool needs_picture = false, has_picture = false, has_all_sound = true;
  for (const auto& [kind, stored] : tracks) {
    if (kind == "audio") {
      has_all_sound = has_all_sound && stored;
    } else {
      needs_picture = true;
      has_picture = has_picture || stored;
    }
  }
  return !tracks.empty() && has_all_sound && (has_picture || !needs_picture);
}

}  // namespace sluice
