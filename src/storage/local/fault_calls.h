// For tests: file-system calls that can be watched, and stopped.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "storage/local/file_calls.h"

namespace sluice {

// Counts the calls; from the `stop_at`-th (from 0) none is made any more, as if the process had
// died there, or only that one fails.
class FaultCalls final : public FileCalls {
 public:
  enum class Mode { dies, fails_once };
  FaultCalls() = default;
  FaultCalls(int stop_at, Mode mode, int error) : stop_at_(stop_at), mode_(mode), error_(error) {}

  // Counting starts (again) here.
  void arm() {
    std::lock_guard lock(mutex_);
    armed_ = true;
    made_.clear();
  }
  void disarm() {
    std::lock_guard lock(mutex_);
    armed_ = false;
  }
  std::vector<std::string> made() const {
    std::lock_guard lock(mutex_);
    return made_;
  }
  bool stopped() const { return static_cast<int>(made().size()) > stop_at_; }

 protected:
  int before(std::string_view call, const std::string&) override {
    std::lock_guard lock(mutex_);
    if (!armed_) return 0;
    const int number = static_cast<int>(made_.size());
    made_.emplace_back(call);
    const bool fails = mode_ == Mode::dies ? number >= stop_at_ : number == stop_at_;
    return fails ? error_ : 0;
  }

 private:
  mutable std::mutex mutex_;
  int stop_at_ = 1'000'000;
  Mode mode_ = Mode::dies;
  int error_ = 5;
  bool armed_ = false;
  std::vector<std::string> made_;
};

}  // namespace sluice
