// The loop of a worker process: messages in, tasks done.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "queue/job_queue.h"
#include "transcode/retry_delay.h"
#include "transcode/run_task.h"

namespace sluice {

struct WorkerSettings {
  std::string name;  // in leases and logs: who has the task
  int threads = 1;   // CPU threads for all slots together
  // Tasks side by side, 0 for threads / 2 and at least one. More slots waste less at the ends of
  // chunks and scale better than threads inside one encoder, but each takes its own memory and the
  // first picture of a video comes later.
  int slots = 0;
  // Is there a slot for light tasks beside the others? Not with a queue where it costs something to
  // take a message and give it back, because it was too heavy for the one slot that was free.
  bool light_slot = true;
  // How long the task of a worker that vanished is out of everybody's reach. Longer than two beats,
  // or one slow database call costs a chunk.
  std::chrono::milliseconds lease{30'000};
  std::chrono::milliseconds heartbeat{10'000};
  // How long one receive() waits; only a shutdown of a queue that can't be interrupted notices.
  std::chrono::milliseconds receive_wait{20'000};
  // While all slots but the light one are busy: after a message that was too heavy for it, how
  // long before the queue is asked again.
  std::chrono::milliseconds light_pause{1'000};
  RetryDelays retry;
};

// Tasks that a worker with these settings runs side by side, the light one left out.
int slots_of(const WorkerSettings& settings);

// One run of a task, for metrics.
struct TaskReport {
  TaskKind kind = TaskKind::prepare;
  std::string_view outcome;  // done, retried, failed, given_back, lost
  double seconds = 0;
  double cpu_seconds = 0;
  double media_seconds = 0;
};

struct WorkerParts {
  TaskParts tasks;
  JobQueue& queue;
  std::function<void()> on_new_tasks;  // a commit may have written tasks: publish them
  std::function<void(const TaskReport&)> on_report;  // from any thread
  // A task is begun, or has ended one way or the other; from any thread.
  std::function<void(bool began)> on_work{};
};

// One thread receives, `slots` threads run tasks, and one more, the light slot, runs what costs
// next to nothing beside video (audio, prepare, finish), so that neither waits for the other: with
// one slot the sound of a video would otherwise come after a chunk of another one. When the light
// slot is busy, or there is none, an ordinary one takes those too.
class Worker {
 public:
  Worker(WorkerSettings settings, WorkerParts parts);
  ~Worker();  // stop(0)

  void start();

  // Takes nothing new; what runs may end within `grace`, is then stopped and given back at once, as
  // if it had never been taken. Returns when all of it is settled. Interrupts the queue for good.
  void stop(std::chrono::milliseconds grace);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice
