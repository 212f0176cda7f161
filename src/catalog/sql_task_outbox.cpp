// The outbox: tasks on their way to the queue, shared by all processes that publish.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "catalog/sql_catalog.h"
#include "video/object_key.h"

namespace sluice {
namespace {

constexpr const char* kUploadsBucket = "uploads";
constexpr std::string_view kColumns = "number, id, video_id, kind, lane, first_chunk";

using Row = std::tuple<std::int64_t, TaskId, VideoId, std::string, std::string, int>;

OutboxEntry to_entry(Row row) {
  auto& [number, id, video, kind, lane, first_chunk] = row;
  TaskMessage message{
      id, parse_task_kind(kind).value(), video, kUploadsBucket, source_key(video), std::nullopt};
  const bool of_a_chunk = message.kind == TaskKind::video || message.kind == TaskKind::audio;
  if (of_a_chunk) message.chunk = first_chunk;
  return {parse_lane(lane).value(), std::move(message)};
}

std::vector<OutboxEntry> to_entries(std::vector<Row> rows) {
  // An UPDATE returns them in any order.
  std::ranges::sort(rows, {}, [](const Row& row) { return std::get<0>(row); });
  std::vector<OutboxEntry> entries;
  for (auto& row : rows) entries.push_back(to_entry(std::move(row)));
  return entries;
}

std::string to_texts(const std::vector<TaskId>& tasks) {
  auto texts = nlohmann::json::array();
  for (const auto& task : tasks) texts.push_back(task.str());
  return texts.dump();
}

Result<> change_unpublished(SqlDatabase& database, std::string_view change,
                            const std::vector<TaskId>& tasks) {
  return database.write([&](SqlSession& sql) -> Result<> {
    sql.run(fmt::format("WITH picked AS MATERIALIZED"
                        " (SELECT number FROM tasks WHERE state = 'waiting' AND published = 0"
                        "  AND id IN ({}) ORDER BY number{}) "
                        "UPDATE tasks SET {} WHERE number IN (SELECT number FROM picked)",
                        sql.dialect().texts, sql.dialect().lock_rows, change),
            {{"texts", to_texts(tasks)}});
    return {};
  });
}

}  // namespace

Result<std::vector<OutboxEntry>> SqlCatalog::unpublished(int limit) {
  return database_->read([&](SqlSession& sql) -> Result<std::vector<OutboxEntry>> {
    return to_entries(sql.rows<std::int64_t, TaskId, VideoId, std::string, std::string, int>(
        fmt::format("SELECT {} FROM tasks WHERE state = 'waiting' AND published = 0 "
                    "ORDER BY number LIMIT :limit",
                    kColumns),
        {{"limit", limit}}));
  });
}

Result<std::vector<OutboxEntry>> SqlCatalog::claim_unpublished(int limit, Timestamp now) {
  // Mostly there is nothing, and looking must not cost a turn at writing.
  SLUICE_TRY_ASSIGN(const bool any, database_->read([&](SqlSession& sql) -> Result<bool> {
    return sql
        .row<int>(
            "SELECT 1 FROM tasks WHERE state = 'waiting' AND published = 0"
            " AND publish_after <= :now LIMIT 1",
            {{"now", now}})
        .has_value();
  }));
  if (!any) return std::vector<OutboxEntry>{};
  return database_->write([&](SqlSession& sql) -> Result<std::vector<OutboxEntry>> {
    return to_entries(sql.rows<std::int64_t, TaskId, VideoId, std::string, std::string, int>(
        fmt::format("WITH picked AS MATERIALIZED"
                    " (SELECT number FROM tasks WHERE state = 'waiting' AND published = 0"
                    "  AND publish_after <= :now ORDER BY number LIMIT :limit{}) "
                    "UPDATE tasks SET publish_after = :until "
                    "WHERE number IN (SELECT number FROM picked) RETURNING {}",
                    sql.dialect().lock_free_rows, kColumns),
        {{"now", now}, {"limit", limit}, {"until", now + kOutboxLease}}));
  });
}

Result<> SqlCatalog::mark_published(const std::vector<TaskId>& tasks) {
  return change_unpublished(*database_, "published = 1", tasks);
}

Result<> SqlCatalog::give_back_unpublished(const std::vector<TaskId>& tasks) {
  return change_unpublished(*database_, "publish_after = 0", tasks);
}

}  // namespace sluice
