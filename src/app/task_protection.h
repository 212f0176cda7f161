// On Amazon ECS: a worker that has work in its hands is not chosen when the service is scaled in.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "fetch/http_client.h"

namespace sluice {

struct TaskProtectionTimes {
  std::chrono::milliseconds linger{10'000};        // after the last work: the next is often near
  std::chrono::milliseconds renewal{20 * 60'000};  // of a protection that lasts an hour
  std::chrono::milliseconds retry{5'000};
};

// Tells the agent beside the task, whose address ECS puts into ECS_AGENT_URI. An agent that does
// not answer is asked again; work never waits for it. Thread-safe.
class TaskProtection {
 public:
  explicit TaskProtection(std::string agent_uri, TaskProtectionTimes times = {});
  ~TaskProtection();  // the protection goes too, or runs out

  // Something was begun, or ended. As often one as the other.
  void work(bool began);

 private:
  using Clock = std::chrono::steady_clock;

  void keep_up(std::stop_token stop);
  // With the mutex held: is it to be protected at `now`, and when is there something to do next?
  bool wanted(Clock::time_point now) const;
  Clock::time_point next_look(Clock::time_point now) const;
  bool tell(bool enabled, std::stop_token stop);

  const std::string url_;
  const TaskProtectionTimes times_;
  HttpClient http_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  int in_hand_ = 0;
  Clock::time_point idle_since_ = Clock::now() - std::chrono::hours{1};
  bool told_ = false;  // what the agent knows
  bool may_be_on_ = false;  // the agent was asked for it, and has not confirmed that it ended
  Clock::time_point renew_at_{}, retry_at_{};
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace sluice
