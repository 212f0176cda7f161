// What is done for each kind of task, from a claim to its commit.
#pragma once

#include <stop_token>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "catalog/tasks.h"
#include "catalog/text_tracks.h"
#include "catalog/videos.h"
#include "plan/plan.h"
#include "storage/object_store.h"
#include "transcode/engine.h"

namespace sluice {

// Everything a task works with. All of it outlives the task.
struct TaskParts {
  Videos& videos;
  Tasks& tasks;
  TextTracks& text;
  ObjectStore& uploads;
  ObjectStore& media;
  Engine& engine;
  const Clock& clock;
  PlanPolicy policy;
};

struct TaskRun {
  double media_seconds = 0;  // of the video's time that this task covers; 0 where that says nothing
  double cpu_seconds = 0;    // of the engine
};

// Does the task and commits it: when this succeeds the task is done. It may be repeated from any
// point: what is stored already is found again, and made again with the same bytes where it is not.
// A permanent error is the file's fault. `conflict` (lease_lost) when the claim is no longer ours;
// `canceled` after `stop`.
Result<TaskRun> run_task(const TaskParts& parts, const Claim& claim, int threads,
                         std::stop_token stop);

// Segments of the video that a task covers, [first, second).
std::pair<int, int> segments_of(const Plan& plan, const TaskSpec& spec);

}  // namespace sluice
