// When a connection has become too slow to be kept. Pure: time and progress are arguments.
#pragma once

#include <chrono>
#include <cstdint>

namespace sluice::http {

// A connection is in one of four moods; whoever looks after it asks too_slow() now and then, so no
// timer has to be set for a request.
class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  // `stall`: how long nothing may move; also the time over which the rate of a body is averaged.
  Pace(Duration stall, std::int64_t min_bytes_per_second);

  void unwatched() { mood_ = Mood::unwatched; }  // the delay is ours
  void until(Time deadline);                     // whatever is awaited has to be here by then
  void receiving(Time now);                      // a body at the minimum rate at least
  void received(std::int64_t bytes) { window_bytes_ += bytes; }
  void sending(Time now);  // also on each progress

  // `unsent_bytes`: what the kernel still holds of what we sent; a change of it is progress.
  bool too_slow(Time now, std::int64_t unsent_bytes);

  bool is_receiving() const { return mood_ == Mood::receiving; }
  bool is_sending() const { return mood_ == Mood::sending; }

 private:
  enum class Mood { unwatched, until, receiving, sending };

  Duration stall_;
  std::int64_t window_min_bytes_;
  Mood mood_ = Mood::unwatched;
  Time deadline_{};
  std::int64_t window_bytes_ = 0;
  std::int64_t unsent_bytes_ = 0;
};

}  // namespace sluice::http
