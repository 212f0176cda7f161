#include "http/pace.h"

#include <algorithm>

namespace sluice::http {

Pace::Pace(Duration stall, std::int64_t min_bytes_per_second)
    : stall_(stall),
      window_min_bytes_(std::max<std::int64_t>(
          1, min_bytes_per_second *
                 std::chrono::duration_cast<std::chrono::milliseconds>(stall).count() / 1000)) {}

void Pace::until(Time deadline) {
  mood_ = Mood::until;
  deadline_ = deadline;
}

void Pace::receiving(Time now) {
  mood_ = Mood::receiving;
  deadline_ = now + stall_;
  window_bytes_ = 0;
}

void Pace::sending(Time now) {
  mood_ = Mood::sending;
  deadline_ = now + stall_;
}

bool Pace::too_slow(Time now, std::int64_t unsent_bytes) {
  switch (mood_) {
    case Mood::unwatched: return false;
    case Mood::until: return now >= deadline_;
    case Mood::receiving:
      if (now < deadline_) return false;
      if (window_bytes_ < window_min_bytes_) return true;
      receiving(now);
      return false;
    case Mood::sending:
      if (unsent_bytes != unsent_bytes_) deadline_ = now + stall_;
      unsent_bytes_ = unsent_bytes;
      return now >= deadline_;
  }
  return false;
}

}  // namespace sluice::http
