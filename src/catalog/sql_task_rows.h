// The rows of the tasks table. Every function that moves a task moves it only from the state named,
// and says how many tasks it moved.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/sql_session.h"
#include "video/task.h"

namespace sluice {

struct TaskRow {
  Task task;
  int losses = 0;
  bool published = false;
  std::int64_t fence = 0;
  std::optional<Timestamp> lease_until;
  Timestamp updated_at{};
};

void insert_task(SqlSession& sql, const VideoId& video, const TaskSpec& spec, Timestamp now);
std::optional<TaskRow> find_task_row(SqlSession& sql, const TaskId& id);
std::optional<VideoId> find_video_of_task(SqlSession& sql, const TaskId& id);

// Whoever takes a task has had its message.
struct Taking {
  std::string_view worker;
  Timestamp lease_until{};
  Timestamp now{};
};

// waiting → running, with the next fence.
std::int64_t take_task(SqlSession& sql, const TaskRow& row, const Taking& taking);

// running → running, until later.
std::int64_t extend_task(SqlSession& sql, const Claim& claim, Timestamp lease_until);

// running → done or failed.
std::int64_t end_task(SqlSession& sql, const TaskId& id, TaskState end, Timestamp now);

// running → waiting. The message is still somewhere, unless it goes `to_outbox`.
struct Return {
  int failures = 0;  // to add
  int losses = 0;
  bool to_outbox = false;
};
std::int64_t return_task(SqlSession& sql, const TaskId& id, const Return& how, Timestamp now);

// waiting → failed: nobody will hear of it any more.
std::int64_t give_up_task(SqlSession& sql, const TaskId& id, Timestamp now);

// Whoever wants several tasks at once takes them in this order, by number, so that none of two
// waits for the other. The video is locked already, or is never going to be.
void lock_open_tasks(SqlSession& sql, const VideoId& video);

// waiting, running → canceled, with the next fence.
std::int64_t cancel_tasks(SqlSession& sql, const VideoId& video, Timestamp now);

// Back to where only `prepare` was written: what other tasks made is forgotten. Says how many there
// are to be done: 1, or 0 for a video that never had a task.
std::int64_t start_over(SqlSession& sql, const VideoId& video, Timestamp now);

// failed, canceled → waiting, as if new.
std::int64_t renew_tasks(SqlSession& sql, const VideoId& video, Timestamp now);

bool has_tasks(SqlSession& sql, const VideoId& video);
// Is anything but `finish` still to be done?
bool has_open_work(SqlSession& sql, const VideoId& video);

}  // namespace sluice
