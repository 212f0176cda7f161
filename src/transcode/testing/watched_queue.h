// For tests: a real queue whose calls can be waited for, and that can be out of order.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "queue/job_queue.h"

namespace sluice {

class WatchedQueue final : public JobQueue {
 public:
  struct GivenBack {
    std::chrono::milliseconds delay{};
    bool undelivered = false;
  };
  struct Seen {
    std::vector<std::string> published;
    int acknowledged = 0;
    int rejected = 0;
    int extended = 0;
    std::vector<GivenBack> given_back;
  };

  explicit WatchedQueue(JobQueue& inner) : inner_(inner) {}

  // publish() fails from now on, or no more.
  void set_down(bool down) { down_ = down; }

  // Waits until what was seen fulfils `condition`; up to 20 seconds, so that a fault is a failure.
  template <class Condition>
  Seen wait_until(Condition condition) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(
        changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return condition(seen_); }));
    return seen_;
  }

  using JobQueue::publish;
  Result<> publish(std::span<const OutgoingMessage> messages) override {
    if (down_) {
      note([](Seen&) {});
      return fail(ErrorKind::unavailable, "queue_down", "The queue does not answer.");
    }
    auto result = inner_.publish(messages);
    note([&](Seen& seen) {
      for (const auto& message : messages) seen.published.push_back(message.body);
    });
    return result;
  }
  Result<std::optional<Delivery>> receive(std::chrono::milliseconds wait) override {
    return inner_.receive(wait);
  }
  Result<> acknowledge(const Delivery& delivery) override {
    auto result = inner_.acknowledge(delivery);
    note([](Seen& seen) { ++seen.acknowledged; });
    return result;
  }
  Result<> give_back(const Delivery& delivery, std::chrono::milliseconds delay,
                     bool undelivered) override {
    auto result = inner_.give_back(delivery, delay, undelivered);
    note([&](Seen& seen) { seen.given_back.push_back({delay, undelivered}); });
    return result;
  }
  Result<> extend(const Delivery& delivery) override {
    auto result = inner_.extend(delivery);
    note([](Seen& seen) { ++seen.extended; });
    return result;
  }
  Result<> reject(const Delivery& delivery, std::string_view reason) override {
    auto result = inner_.reject(delivery, reason);
    note([](Seen& seen) { ++seen.rejected; });
    return result;
  }
  DeadLetters& dead_letters() override { return inner_.dead_letters(); }
  Result<QueueDepth> depth() override { return inner_.depth(); }
  void interrupt() override { inner_.interrupt(); }

 private:
  template <class Change>
  void note(Change change) {
    std::lock_guard lock(mutex_);
    change(seen_);
    changed_.notify_all();
  }

  JobQueue& inner_;
  std::atomic<bool> down_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  Seen seen_;
};

}  // namespace sluice
