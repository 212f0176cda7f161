// From a source's time stamps to the video's own timeline.
#pragma once

#include <cmath>
#include <cstdint>

#include "plan/plan.h"

namespace sluice::media {

// Of the plan's picture. Every reader of the source uses this one, so that a frame has one time.
class SourceClock {
 public:
  // `plan` has a picture.
  explicit SourceClock(const Plan& plan)
      : to_timeline_(Rational::of(plan.source.video->time_base.num * plan.timeline.timescale,
                                  plan.source.video->time_base.den)),
        origin_ticks_(std::llround(plan.source.origin_seconds *
                                   static_cast<double>(plan.timeline.timescale))) {}

  std::int64_t ticks(std::int64_t source_ticks) const {
    return scale(source_ticks, to_timeline_) - origin_ticks_;
  }
  std::int64_t length(std::int64_t source_ticks) const { return scale(source_ticks, to_timeline_); }
  std::int64_t source_ticks(std::int64_t ticks) const {
    return scale(ticks + origin_ticks_, to_timeline_.inverse(), Round::down);
  }

 private:
  Rational to_timeline_;  // source ticks × this = timeline ticks
  std::int64_t origin_ticks_;
};

}  // namespace sluice::media
