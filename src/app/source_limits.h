// What an operator lets a source cost, as the engine and the planner take it.
#pragma once

#include "app/configuration.h"
#include "plan/plan.h"
#include "transcode/engine.h"

namespace sluice {

PlanPolicy plan_policy(const Configuration& configuration);
EngineLimits engine_limits(const Configuration& configuration);

}  // namespace sluice
