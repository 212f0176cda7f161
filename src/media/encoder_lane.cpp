#include "media/encoder_lane.h"

namespace sluice::media {
namespace {

// Long enough to ride out one slow frame, short enough that pictures don't pile up in memory.
constexpr std::size_t kQueueLength = 2;

}  // namespace

EncoderLane::EncoderLane(bool own_thread) {
  if (own_thread) thread_ = std::thread([this] { loop(); });
}

EncoderLane::~EncoderLane() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    queue_.clear();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<> EncoderLane::run(Work work) {
  if (!thread_.joinable()) {
    if (status_) status_ = work();
    return status_;
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.size() < kQueueLength || !status_; });
  if (!status_) return status_;
  queue_.push_back(std::move(work));
  changed_.notify_all();
  return {};
}

Result<> EncoderLane::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return (queue_.empty() && !busy_) || !status_; });
  return status_;
}

void EncoderLane::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    Work work = std::move(queue_.front());
    queue_.pop_front();
    busy_ = true;
    changed_.notify_all();
    lock.unlock();
    auto result = work();
    work = nullptr;
    lock.lock();
    busy_ = false;
    if (!result) {
      status_ = std::move(result);
      queue_.clear();
    }
    changed_.notify_all();
  }
}

}  // namespace sluice::media
