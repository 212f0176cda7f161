// Is everything there that a plan promised? Pure.
#pragma once

#include <vector>

#include "base/result.h"
#include "plan/plan.h"
#include "storage/object_store.h"
#include "video/task.h"

namespace sluice {

// Ticks per second of a track's segments.
std::int64_t timescale_of(const Plan& plan, const std::string& track);

// Every track of the plan has its segments without a gap, each object exists with the size that was
// recorded, the tracks end together with the video, and so has the storyboard its sheets. `internal`, code output_incomplete.
Result<> check_output(const VideoId& video, const Plan& plan,
                      const std::vector<StoredSegment>& segments,
                      const std::vector<ObjectInfo>& objects);

}  // namespace sluice
