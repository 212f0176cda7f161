#include "app/task_protection.h"

#include <nlohmann/json.hpp>

#include "base/log.h"

namespace sluice {
namespace {

constexpr int kProtectedMinutes = 60;

std::string body_of(bool enabled) {
  nlohmann::json body = {{"ProtectionEnabled", enabled}};
  if (enabled) body["ExpiresInMinutes"] = kProtectedMinutes;
  return body.dump();
}

}  // namespace

TaskProtection::TaskProtection(std::string agent_uri, TaskProtectionTimes times)
    : url_(std::move(agent_uri) + "/task-protection/v1/state"),
      times_(times),
      http_({.use_proxies = false}),
      thread_([this](std::stop_token stop) { keep_up(stop); }) {}

TaskProtection::~TaskProtection() {
  thread_.request_stop();
  thread_.join();
  if (may_be_on_) tell(false, {});
}

void TaskProtection::work(bool began) {
  std::lock_guard lock(mutex_);
  in_hand_ += began ? 1 : -1;
  if (in_hand_ == 0) idle_since_ = Clock::now();
  changed_.notify_all();
}

bool TaskProtection::wanted(Clock::time_point now) const {
  return in_hand_ > 0 || (told_ && now < idle_since_ + times_.linger);
}

TaskProtection::Clock::time_point TaskProtection::next_look(Clock::time_point now) const {
  if (wanted(now) != told_) return retry_at_;
  if (in_hand_ > 0) return renew_at_;
  return told_ ? idle_since_ + times_.linger : now + std::chrono::hours{1};
}

void TaskProtection::keep_up(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto now = Clock::now();
    const bool enable = wanted(now);
    const bool due = enable != told_ || (enable && now >= renew_at_);
    if (due && now >= retry_at_) {
      may_be_on_ = may_be_on_ || enable;  // also when the answer is lost
      lock.unlock();
      const bool answered = tell(enable, stop);
      lock.lock();
      if (answered) {
        told_ = may_be_on_ = enable;
        renew_at_ = Clock::now() + times_.renewal;
      } else {
        retry_at_ = Clock::now() + times_.retry;
      }
      continue;
    }
    const int before = in_hand_;
    const auto until = due ? retry_at_ : next_look(now);
    changed_.wait_until(lock, stop, until, [&] { return in_hand_ != before; });
  }
}

bool TaskProtection::tell(bool enabled, std::stop_token stop) {
  const auto body = body_of(enabled);
  FetchRequest request;
  request.method = "PUT";
  request.url = url_;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = body;
  request.timeout = std::chrono::seconds{5};
  request.stop = stop;
  const auto answer = http_.send(request);
  if (answer && answer->status == 200) return true;
  log_warn("task protection not changed",
           {{"enabled", enabled},
            {"error", answer ? std::to_string(answer->status) : answer.error().code}});
  return false;
}

}  // namespace sluice
