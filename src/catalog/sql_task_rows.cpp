#include "catalog/sql_task_rows.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/random.h"

namespace sluice {

void insert_task(SqlSession& sql, const VideoId& video, const TaskSpec& spec, Timestamp now) {
  sql.run(
      "INSERT INTO tasks (id, video_id, kind, lane, tracks, first_chunk, end_chunk, work, state,"
      " failures, losses, published, fence, updated_at) "
      "VALUES (:id, :video_id, :kind, :lane, :tracks, :first_chunk, :end_chunk, :work, 'waiting',"
      " 0, 0, 0, 0, :now)",
      {{"id", random_id()},
       {"video_id", video},
       {"kind", to_string(spec.kind)},
       {"lane", to_string(spec.lane)},
       {"tracks", nlohmann::json(spec.tracks).dump()},
       {"first_chunk", spec.first_chunk},
       {"end_chunk", spec.end_chunk},
       {"work", spec.work},
       {"now", now}});
}

std::optional<TaskRow> find_task_row(SqlSession& sql, const TaskId& id) {
  const auto found =
      sql.row<VideoId, std::string, std::string, std::string, int, int, double, std::string, int,
              int, bool, std::int64_t, std::optional<Timestamp>, Timestamp>(
          "SELECT video_id, kind, lane, tracks, first_chunk, end_chunk, work, state, failures,"
          " losses, published, fence, lease_until, updated_at FROM tasks WHERE id = :id",
          {{"id", id}});
  if (!found) return std::nullopt;
  TaskRow row;
  auto& spec = row.task.spec;
  std::string kind, lane, tracks, state;
  row.task.id = id;
  std::tie(row.task.video_id, kind, lane, tracks, spec.first_chunk, spec.end_chunk, spec.work,
           state, row.task.failures, row.losses, row.published, row.fence, row.lease_until,
           row.updated_at) = *found;
  spec.kind = parse_task_kind(kind).value();
  spec.lane = parse_lane(lane).value();
  spec.tracks = nlohmann::json::parse(tracks).get<std::vector<std::string>>();
  row.task.state = parse_task_state(state).value();
  return row;
}

std::optional<VideoId> find_video_of_task(SqlSession& sql, const TaskId& id) {
  const auto found = sql.row<VideoId>("SELECT video_id FROM tasks WHERE id = :id", {{"id", id}});
  if (!found) return std::nullopt;
  return std::get<0>(*found);
}

std::int64_t take_task(SqlSession& sql, const TaskRow& row, const Taking& taking) {
  return sql.run(
      "UPDATE tasks SET state = 'running', fence = fence + 1, worker = :worker,"
      " lease_until = :lease_until, published = 1, updated_at = :now "
      "WHERE id = :id AND state = 'waiting' AND fence = :fence",
      {{"worker", taking.worker},
       {"lease_until", taking.lease_until},
       {"now", taking.now},
       {"id", row.task.id},
       {"fence", row.fence}});
}

std::int64_t extend_task(SqlSession& sql, const Claim& claim, Timestamp lease_until) {
  return sql.run(
      "UPDATE tasks SET lease_until = :lease_until "
      "WHERE id = :id AND state = 'running' AND fence = :fence",
      {{"lease_until", lease_until}, {"id", claim.task.id}, {"fence", claim.fence}});
}

std::int64_t end_task(SqlSession& sql, const TaskId& id, TaskState end, Timestamp now) {
  return sql.run(
      "UPDATE tasks SET state = :end, lease_until = NULL, updated_at = :now "
      "WHERE id = :id AND state = 'running'",
      {{"end", to_string(end)}, {"now", now}, {"id", id}});
}

std::int64_t return_task(SqlSession& sql, const TaskId& id, const Return& how, Timestamp now) {
  return sql.run(
      "UPDATE tasks SET state = 'waiting', worker = NULL, lease_until = NULL,"
      " failures = failures + :failures, losses = losses + :losses,"
      " published = CASE WHEN :to_outbox = 1 THEN 0 ELSE published END,"
      " publish_after = 0, updated_at = :now "
      "WHERE id = :id AND state = 'running'",
      {{"failures", how.failures},
       {"losses", how.losses},
       {"to_outbox", how.to_outbox},
       {"now", now},
       {"id", id}});
}

std::int64_t give_up_task(SqlSession& sql, const TaskId& id, Timestamp now) {
  return sql.run(
      "UPDATE tasks SET state = 'failed', updated_at = :now "
      "WHERE id = :id AND state = 'waiting'",
      {{"now", now}, {"id", id}});
}

void lock_open_tasks(SqlSession& sql, const VideoId& video) {
  if (sql.dialect().lock_rows.empty()) return;
  sql.rows<std::int64_t>(fmt::format("SELECT number FROM tasks WHERE video_id = :video_id"
                                     " AND state IN ('waiting', 'running') ORDER BY number{}",
                                     sql.dialect().lock_rows),
                         {{"video_id", video}});
}

std::int64_t cancel_tasks(SqlSession& sql, const VideoId& video, Timestamp now) {
  lock_open_tasks(sql, video);
  return sql.run(
      "UPDATE tasks SET state = 'canceled', fence = fence + 1, lease_until = NULL,"
      " updated_at = :now "
      "WHERE video_id = :video_id AND state IN ('waiting', 'running')",
      {{"now", now}, {"video_id", video}});
}

std::int64_t start_over(SqlSession& sql, const VideoId& video, Timestamp now) {
  for (const auto* forgotten :
       {"DELETE FROM segments WHERE video_id = :video_id",
        "DELETE FROM opening_tracks WHERE video_id = :video_id",
        "DELETE FROM plans WHERE video_id = :video_id",
        "DELETE FROM text_tracks WHERE video_id = :video_id AND from_source = 1",
        "DELETE FROM tasks WHERE video_id = :video_id AND kind <> 'prepare'"}) {
    sql.run(forgotten, {{"video_id", video}});
  }
  return sql.run(
      "UPDATE tasks SET state = 'waiting', failures = 0, losses = 0, published = 0,"
      " publish_after = 0, worker = NULL, updated_at = :now WHERE video_id = :video_id",
      {{"now", now}, {"video_id", video}});
}

std::int64_t renew_tasks(SqlSession& sql, const VideoId& video, Timestamp now) {
  return sql.run(
      "UPDATE tasks SET state = 'waiting', failures = 0, losses = 0, published = 0,"
      " publish_after = 0, worker = NULL, updated_at = :now "
      "WHERE video_id = :video_id AND state IN ('failed', 'canceled')",
      {{"now", now}, {"video_id", video}});
}

bool has_tasks(SqlSession& sql, const VideoId& video) {
  return sql.value<bool>(
      "SELECT CASE WHEN EXISTS (SELECT 1 FROM tasks WHERE video_id = :video_id) THEN 1 ELSE 0 END",
      {{"video_id", video}});
}

bool has_open_work(SqlSession& sql, const VideoId& video) {
  return sql.value<bool>(
      "SELECT CASE WHEN EXISTS (SELECT 1 FROM tasks WHERE video_id = :video_id"
      " AND state <> 'done' AND kind <> 'finish') THEN 1 ELSE 0 END",
      {{"video_id", video}});
}

}  // namespace sluice
