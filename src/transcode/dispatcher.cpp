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
    std::vector<TaskId> published;
    Result<> sent;
    for (const auto& entry : entries) {
      sent = queue_.publish(entry.lane, to_json(entry.message));
      if (!sent) break;
      published.push_back(entry.message.task_id);
    }
    if (!published.empty()) SLUICE_TRY(tasks_.mark_published(published));
    SLUICE_TRY(sent);
    count += static_cast<int>(published.size());
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
