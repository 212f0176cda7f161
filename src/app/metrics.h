// What Sluice counts, in Prometheus' text format.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "catalog/tasks.h"
#include "http/server.h"
#include "queue/job_queue.h"
#include "transcode/worker.h"

namespace sluice {

// Thread-safe.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  void count_request(const http::Access& access);
  void count_task(const TaskReport& report);

  // What is asked for at the moment; a part that doesn't answer is left out.
  struct Now {
    std::optional<TaskCounts> tasks;
    std::optional<QueueDepth> queue;
  };
  std::string render(const Now& now);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice
