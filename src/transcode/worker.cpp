#include "transcode/worker.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/log.h"
#include "transcode/task_runner.h"
#include "video/task_message.h"

namespace sluice {
namespace {

constexpr std::chrono::milliseconds kLongestPause{10'000};

struct Job {
  Delivery delivery;
  TaskMessage message;
};

bool is_light(TaskKind kind) { return kind != TaskKind::video && kind != TaskKind::images; }

WorkerSettings complete(WorkerSettings settings) {
  settings.threads = std::max(1, settings.threads);
  settings.slots = slots_of(settings);
  return settings;
}

}  // namespace

int slots_of(const WorkerSettings& settings) {
  const int threads = std::max(1, settings.threads);
  return std::clamp(settings.slots < 1 ? threads / 2 : settings.slots, 1, threads);
}

class Worker::Impl {
 public:
  Impl(WorkerSettings settings, WorkerParts parts)
      : settings_(complete(std::move(settings))),
        parts_(std::move(parts)),
        runner_(settings_, parts_) {}

  void start() {
    std::lock_guard lock(mutex_);
    slots_.resize(static_cast<std::size_t>(settings_.slots) + 1);
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      slots_[i].threads = i == kLight ? 1 : settings_.threads / settings_.slots;
      threads_.emplace_back([this, i] { serve_slot(slots_[i]); });
    }
    threads_.emplace_back([this] { receive_loop(); });
  }

  void stop(std::chrono::milliseconds grace) {
    {
      std::unique_lock lock(mutex_);
      if (threads_.empty()) return;
      stopping_ = true;
      changed_.notify_all();
      parts_.queue.interrupt();
      changed_.wait_for(lock, grace, [this] { return all_idle(); });
    }
    runner_.stop_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  static constexpr std::size_t kLight = 0;

  struct Slot {
    std::optional<Job> job;
    int threads = 1;
  };

  void serve_slot(Slot& slot) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return slot.job || stopping_; });
      if (!slot.job) return;
      lock.unlock();
      if (parts_.on_work) parts_.on_work(true);
      runner_.handle(slot.job->delivery, slot.job->message, slot.threads);
      if (parts_.on_work) parts_.on_work(false);
      lock.lock();
      slot.job.reset();
      changed_.notify_all();
    }
  }

  void receive_loop() {
    int failures = 0;
    while (wait_for_a_slot()) {
      auto delivery = parts_.queue.receive(settings_.receive_wait);
      if (!delivery) {
        log_warn("queue does not answer", {{"error", delivery.error().code}});
        // Not for long: when it answers again there is work waiting.
        pause(std::min(retry_delay(settings_.retry, ++failures, 0.5), kLongestPause));
        continue;
      }
      failures = 0;
      if (*delivery) take(std::move(**delivery));
    }
  }

  void take(Delivery delivery) {
    auto message = task_message_from_json(delivery.body);
    if (!message) return refuse(delivery, message.error());
    {
      std::lock_guard lock(mutex_);
      if (auto* slot = stopping_ ? nullptr : slot_for(message->kind)) {
        slot->job = Job{std::move(delivery), std::move(*message)};
        changed_.notify_all();
        return;
      }
    }
    runner_.give_back(delivery, std::chrono::milliseconds{0}, true);
    pause_for_an_ordinary_slot();
  }

  void refuse(const Delivery& delivery, const Error& error) {
    log_error("message refused", {{"error", error.code}, {"body", delivery.body.substr(0, 200)}});
    // Another version may be at work beside this one, while a fleet is being renewed.
    if (error.code == "unknown_message_version") {
      return runner_.give_back(delivery, settings_.retry.longest, false);
    }
    if (const auto done = parts_.queue.reject(delivery, error.message); !done) {
      log_warn("message not rejected", {{"error", done.error().code}});
    }
  }

  // All below with the mutex held.
  Slot* slot_for(TaskKind kind) {
    if (is_light(kind) && light_is_free()) return &slots_[kLight];
    for (std::size_t i = kLight + 1; i < slots_.size(); ++i) {
      if (!slots_[i].job) return &slots_[i];
    }
    return nullptr;
  }

  bool light_is_free() const { return settings_.light_slot && !slots_[kLight].job; }

  bool ordinary_is_free() const {
    return std::any_of(slots_.begin() + 1, slots_.end(), [](const Slot& s) { return !s.job; });
  }

  bool all_idle() const {
    return std::none_of(slots_.begin(), slots_.end(), [](const Slot& s) { return s.job; });
  }

  // These take it themselves. False when stopping.
  bool wait_for_a_slot() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || light_is_free() || ordinary_is_free(); });
    return !stopping_;
  }

  void pause_for_an_ordinary_slot() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, settings_.light_pause,
                      [this] { return stopping_ || ordinary_is_free(); });
  }

  void pause(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this] { return stopping_; });
  }

  const WorkerSettings settings_;
  const WorkerParts parts_;
  TaskRunner runner_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::vector<Slot> slots_;  // the light one first
  std::vector<std::thread> threads_;
};

Worker::Worker(WorkerSettings settings, WorkerParts parts)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(parts))) {}

Worker::~Worker() { stop(std::chrono::milliseconds{0}); }

void Worker::start() { impl_->start(); }
void Worker::stop(std::chrono::milliseconds grace) { impl_->stop(grace); }

}  // namespace sluice
