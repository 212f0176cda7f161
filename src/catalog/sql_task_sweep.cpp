// What nobody does any more: leases and uploads that ran out, messages that got lost. Each video in
// a transaction of its own, so that nobody who waits for one is held up by the others.
#include <fmt/format.h>

#include "catalog/sql_catalog.h"
#include "catalog/sql_task_moves.h"
#include "catalog/sql_video_rows.h"
#include "video/state.h"

namespace sluice {
namespace {

constexpr int kBatch = 500;

template <class Id>
Result<std::vector<Id>> find_ids(SqlDatabase& database, std::string_view query,
                                 const std::vector<SqlParam>& params) {
  return database.read([&](SqlSession& sql) -> Result<std::vector<Id>> {
    std::vector<Id> ids;
    for (auto& [id] : sql.rows<Id>(query, params)) ids.push_back(std::move(id));
    return ids;
  });
}

// Whether it was still there to be lost: the lease may have been extended, or the task taken.
Result<bool> lose_if_over(SqlDatabase& database, const TaskId& id, Timestamp lease_until,
                          Timestamp now) {
  return database.write([&](SqlSession& sql) -> Result<bool> {
    const auto locked = lock_task(sql, id);
    if (!locked || locked->row.task.state != TaskState::running) return false;
    if (locked->row.lease_until > lease_until) return false;
    SLUICE_TRY(lose_task(sql, *locked, now));
    return true;
  });
}

Result<int> lose_tasks(SqlDatabase& database, Timestamp lease_until, Timestamp now) {
  SLUICE_TRY_ASSIGN(const auto tasks,
                    find_ids<TaskId>(database,
                                     "SELECT id FROM tasks WHERE state = 'running'"
                                     " AND lease_until <= :lease_until ORDER BY lease_until",
                                     {{"lease_until", lease_until}}));
  int lost = 0;
  for (const auto& task : tasks) {
    SLUICE_TRY_ASSIGN(const bool was_lost, lose_if_over(database, task, lease_until, now));
    lost += was_lost;
  }
  return lost;
}

Result<bool> expire_if_pending(SqlDatabase& database, const VideoId& id, Timestamp now) {
  return database.write([&](SqlSession& sql) -> Result<bool> {
    const auto video = lock_video_row(sql, id);
    if (!video || video->status != VideoStatus::pending) return false;
    SLUICE_TRY(store_move(sql, *video, expire_upload(*video, now)));
    return true;
  });
}

Result<int> expire_uploads(SqlDatabase& database, Timestamp now) {
  SLUICE_TRY_ASSIGN(
      const auto videos,
      find_ids<VideoId>(database,
                        "SELECT videos.id FROM uploads JOIN videos ON videos.id = uploads.video_id "
                        "WHERE uploads.open = 1 AND uploads.expires_at <= :now "
                        "AND videos.status = 'pending'",
                        {{"now", now}}));
  int expired = 0;
  for (const auto& video : videos) {
    SLUICE_TRY_ASSIGN(const bool was_pending, expire_if_pending(database, video, now));
    expired += was_pending;
  }
  return expired;
}

}  // namespace

Result<int> SqlCatalog::sweep(Timestamp now) {
  SLUICE_TRY_ASSIGN(const int lost, lose_tasks(*database_, now, now));
  SLUICE_TRY_ASSIGN(const int expired, expire_uploads(*database_, now));
  SLUICE_TRY(republish_lost(now - kRepublishAfter, now));
  return lost + expired;
}

Result<int> SqlCatalog::release_all_leases(Timestamp now) {
  return lose_tasks(*database_, Timestamp::max(), now);
}

Result<int> SqlCatalog::republish_lost(Timestamp waiting_since, Timestamp now) {
  // publish_after of a published task: at the latest then it was.
  const auto republish_some = [&](SqlSession& sql) -> Result<int> {
    return static_cast<int>(
        sql.run(fmt::format("WITH picked AS MATERIALIZED"
                            " (SELECT number FROM tasks WHERE state = 'waiting' AND published = 1"
                            "  AND updated_at <= :since AND publish_after <= :since"
                            "  ORDER BY updated_at LIMIT :limit{}) "
                            "UPDATE tasks SET published = 0, publish_after = 0, updated_at = :now "
                            "WHERE number IN (SELECT number FROM picked)",
                            sql.dialect().lock_free_rows),
                {{"since", waiting_since}, {"limit", kBatch}, {"now", now}}));
  };
  for (int count = 0;;) {
    SLUICE_TRY_ASSIGN(const int some, database_->write(republish_some));
    count += some;
    if (some < kBatch) return count;
  }
}

}  // namespace sluice
