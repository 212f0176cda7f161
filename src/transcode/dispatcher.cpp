#include "transcode/dispatcher.h"

#include "base/log.h"
#include "video/task_message.h"

namespace sluice {

Dispatcher::Dispatcher(DispatcherSettings settings, Tasks& tasks, JobQueue& queue,
                       const Clock& clock)
    : settings_(settings), tasks_(tasks), queue_(queue), clock_(clock) {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::start() {
  thread_ = std::jthread([this](std::stop_token stop) { loop(stop); });
}

void Dispatcher::wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

Result<int> Dispatcher::publish_all() {
  int count = 0;
  while (true) {
    SLUICE_TRY_ASSIGN(const auto entries, tasks_.claim_unpublished(settings_.batch, clock_.now()));
    if (entries.empty()) return count;
    SLUICE_TRY(publish(entries));
    count += static_cast<int>(entries.size());
  }
}

Result<> Dispatcher::publish(const std::vector<OutboxEntry>& entries) {
  std::vector<OutgoingMessage> messages;
  std::vector<TaskId> tasks;
  for (const auto& entry : entries) {
    messages.push_back({entry.lane, to_json(entry.message)});
    tasks.push_back(entry.message.task_id);
  }
  if (const auto published = queue_.publish(messages); !published) {
    // So that nobody has to wait for them when the queue is back; if this fails, just that long.
    static_cast<void>(tasks_.give_back_unpublished(tasks));
    return published;
  }
  return tasks_.mark_published(tasks);
}

void Dispatcher::loop(std::stop_token stop) {
  int failures = 0;
  while (!stop.stop_requested()) {
    const auto published = publish_all();
    std::unique_lock lock(mutex_);
    if (published) {
      failures = 0;
      changed_.wait_for(lock, stop, settings_.poll, [this] { return woken_; });
    } else {
      log_warn("tasks not published", {{"error", published.error().code}});
      changed_.wait_for(lock, stop, retry_delay(settings_.retry, ++failures, 0.5),
                        [] { return false; });
    }
    woken_ = false;
  }
}

}  // namespace sluice
