#include "transcode/heartbeat.h"

#include "base/log.h"
#include "transcode/outside_error.h"

namespace sluice {

Heartbeat::Heartbeat(Parts parts, std::chrono::milliseconds interval,
                     std::chrono::milliseconds lease)
    : parts_(parts), interval_(interval), lease_(lease) {
  thread_ = std::jthread([this](std::stop_token stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      wake_.wait_for(lock, stop, interval_, [] { return false; });
      if (stop.stop_requested()) return;
      lock.unlock();
      beat();
      lock.lock();
    }
  });
}

Heartbeat::~Heartbeat() = default;

void Heartbeat::hold(std::shared_ptr<HeldTask> task) {
  std::lock_guard lock(mutex_);
  held_.insert(std::move(task));
}

void Heartbeat::release(const std::shared_ptr<HeldTask>& task) {
  {
    std::lock_guard lock(mutex_);
    held_.erase(task);
  }
  std::lock_guard lock(task->mutex_);
  task->released_ = true;
}

void Heartbeat::stop_all() {
  std::lock_guard lock(mutex_);
  for (const auto& task : held_) task->stop_.request_stop();
}

void Heartbeat::beat() {
  std::set<std::shared_ptr<HeldTask>> held;
  {
    std::lock_guard lock(mutex_);
    held = held_;
  }
  for (const auto& task : held) extend(*task);
}

void Heartbeat::extend(HeldTask& task) {
  std::lock_guard lock(task.mutex_);
  if (task.released_ || task.lost_) return;
  const auto now = parts_.clock.now();
  const auto extended = parts_.tasks.extend_lease(task.claim_, now, lease_);
  if (extended) {
    task.until_ = extended->lease_until;
    if (const auto kept = parts_.queue.extend(task.delivery_); !kept) {
      // The message may come again; whoever gets it finds the task taken.
      log_warn("message not extended",
               {{"task_id", task.claim_.task.id.str()}, {"error", kept.error().code}});
    }
    return;
  }
  const bool lost = is_lost_lease(extended.error()) || parts_.clock.now() >= task.until_;
  log_warn(lost ? "lease lost" : "lease not extended",
           {{"task_id", task.claim_.task.id.str()},
            {"video_id", task.claim_.task.video_id.str()},
            {"error", extended.error().code}});
  if (!lost) return;
  task.lost_ = true;
  task.stop_.request_stop();
}

}  // namespace sluice
