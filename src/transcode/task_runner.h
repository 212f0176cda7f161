// One message from its delivery to its end: acknowledged, or given back.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <random>

#include "transcode/heartbeat.h"
#include "transcode/worker.h"

namespace sluice {

// Thread-safe: messages are handled side by side.
class TaskRunner {
 public:
  TaskRunner(const WorkerSettings& settings, const WorkerParts& parts);

  // Claims the task, runs it with `threads` threads and settles message and task.
  void handle(const Delivery& delivery, const TaskMessage& message, int threads);

  // Stops what runs and gives it back, and from now on whatever is handled.
  void stop_all();

  void acknowledge(const Delivery& delivery);
  void give_back(const Delivery& delivery, std::chrono::milliseconds delay, bool undelivered);

 private:
  std::optional<Claim> claim(const Delivery& delivery, const TaskMessage& message);
  Result<TaskRun> run(HeldTask& task, int threads);
  std::string_view settle(HeldTask& task, const Result<TaskRun>& result);
  // What this task stored after its video was removed goes at once, not with the next sweep.
  void clean_up_after(const VideoId& video);
  std::string_view settle_failure(const HeldTask& task, const Error& error);
  void settle_message(std::string_view what, const std::function<Result<>()>& settle);
  std::chrono::milliseconds delay_after(int failures);

  const WorkerSettings& settings_;
  const WorkerParts& parts_;
  Heartbeat heartbeat_;
  std::mutex stop_mutex_;
  std::condition_variable stopped_;
  std::atomic<bool> stopping_ = false;
  std::mutex random_mutex_;
  std::minstd_rand random_;
};

}  // namespace sluice
