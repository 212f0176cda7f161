#include "transcode/dispatcher.h"

#include "base/log.h"
#include "video/task_message.h"

namespace sluice {

Dispatcher::Dispatcher(DispatcherSettings settings, Tasks& tasks, JobQueue& queue)
    : settings_(settings), tasks_(tasks), queue_(queue) {}

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
    SLUICE_TRY_ASSIGN(const auto entries, tasks_.unpublished(settings_.batch));
    if (entries.empty()) return count;
    std::vector<OutgoingMessage> messages;
    std::vector<TaskId> tasks;
    for (const auto& entry : entries) {
      messages.push_back({entry.lane, to_json(entry.message)});
      tasks.push_back(entry.message.task_id);
    }
    SLUICE_TRY(queue_.publish(messages));
    SLUICE_TRY(tasks_.mark_published(tasks));
    count += static_cast<int>(tasks.size());
  }
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
