#pragma once

#include "catalog/videos.h"
#include "plan/plan.h"

namespace sluice {

// The video's stored plan. `internal`, code plan_missing, when there is none.
Result<Plan> load_plan(Videos& videos, const VideoId& video);

}  // namespace sluice
