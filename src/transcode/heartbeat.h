// Keeps a worker's claims alive on a thread of its own, however busy the tasks are.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>

#include "base/time.h"
#include "catalog/tasks.h"
#include "queue/job_queue.h"

namespace sluice {

// A task in a worker's hands. Its `stop` is requested when the claim is lost: somebody else may be
// at it from then on, so there is nothing left to do for it here.
class HeldTask {
 public:
  HeldTask(Claim claim, Delivery delivery)
      : claim_(std::move(claim)), delivery_(std::move(delivery)), until_(claim_.lease_until) {}

  const Claim& claim() const { return claim_; }
  const Delivery& delivery() const { return delivery_; }
  std::stop_source& stop() { return stop_; }
  bool lost() const { return lost_; }

 private:
  friend class Heartbeat;
  const Claim claim_;
  const Delivery delivery_;
  std::stop_source stop_;
  std::atomic<bool> lost_ = false;
  std::mutex mutex_;  // held while the claim is being extended
  bool released_ = false;
  Timestamp until_;
};

// Thread-safe.
class Heartbeat {
 public:
  struct Parts {
    Tasks& tasks;
    JobQueue& queue;
    const Clock& clock;
  };
  Heartbeat(Parts parts, std::chrono::milliseconds interval, std::chrono::milliseconds lease);
  ~Heartbeat();

  void hold(std::shared_ptr<HeldTask> task);
  // When this returns nothing is written for the task any more.
  void release(const std::shared_ptr<HeldTask>& task);
  // Asks every task that is held to stop.
  void stop_all();

  // One round, as the thread does it every `interval`.
  void beat();

 private:
  void extend(HeldTask& task);

  Parts parts_;
  std::chrono::milliseconds interval_;
  std::chrono::milliseconds lease_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::set<std::shared_ptr<HeldTask>> held_;
  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace sluice
