// What several transactions over tasks have in common. All of them start by locking the video.
#pragma once

#include <optional>

#include "base/result.h"
#include "catalog/sql_task_rows.h"
#include "video/video.h"

namespace sluice {

// The video as locked and the task as it is now.
struct LockedTask {
  Video video;
  TaskRow row;
};

// Nothing if there is no such task.
std::optional<LockedTask> lock_task(SqlSession& sql, const TaskId& id);

// The task of a claim that still counts, else `conflict`, code lease_lost.
Result<LockedTask> lock_claimed(SqlSession& sql, const Claim& claim);
tl::unexpected<Error> lease_lost();

// The video fails and what is left of its tasks is canceled.
Result<> fail_whole_video(SqlSession& sql, const Video& video, VideoError error, Timestamp now);

// For its owner, when trying again did not help.
VideoError processing_failed();

// A running task whose worker is gone: back to waiting and to the outbox, or, once that has
// happened too often, the end of the video.
Result<> lose_task(SqlSession& sql, const LockedTask& lost, Timestamp now);

// Inserts `finish` if everything else is done.
void finish_if_last(SqlSession& sql, const VideoId& video, Timestamp now);

// Are the first segments of one picture track and of every sound track stored?
bool opening_is_stored(SqlSession& sql, const VideoId& video);

}  // namespace sluice
