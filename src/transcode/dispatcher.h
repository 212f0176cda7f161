// The outbox: tasks are written with the rows they belong to, and published from there.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/tasks.h"
#include "queue/job_queue.h"
#include "transcode/retry_delay.h"

namespace sluice {

struct DispatcherSettings {
  // How late a task is that another process wrote, or this one before a crash.
  std::chrono::milliseconds poll{1'000};
  int batch = 100;
  RetryDelays retry{std::chrono::milliseconds{200}, std::chrono::milliseconds{10'000}};
};

// Publishes what is written and not known to be published, and only then says so: a crash or an
// outage in between publishes twice, which is harmless, and never not at all. Those of several
// processes share the work.
class Dispatcher {
 public:
  Dispatcher(DispatcherSettings settings, Tasks& tasks, JobQueue& queue, const Clock& clock);
  ~Dispatcher();  // stops

  void start();

  // There may be something to publish. Returns at once; from any thread.
  void wake();

  // Publishes until the outbox is empty or something fails, as the thread does. Returns how many.
  Result<int> publish_all();

 private:
  void loop(std::stop_token stop);
  Result<> publish(const std::vector<OutboxEntry>& entries);

  const DispatcherSettings settings_;
  Tasks& tasks_;
  JobQueue& queue_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ = false;
  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace sluice
