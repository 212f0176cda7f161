// Does a plan that comes from elsewhere hold together?
#pragma once

#include "base/result.h"
#include "plan/plan.h"

namespace sluice {

// Chunks cover the segments without a gap, tracks have names that can be parts of object names and
// are all different, numbers are within reason. `internal`, code bad_plan. Everybody may rely on
// these afterwards: an engine makes plans of what strangers upload.
Result<> check_plan(const Plan& plan);

}  // namespace sluice
