#include "app/source_limits.h"

namespace sluice {

PlanPolicy plan_policy(const Configuration& configuration) {
  PlanPolicy policy;
  policy.max_duration_seconds = static_cast<double>(configuration.max_duration.count());
  policy.max_picture_pixels = configuration.max_picture_pixels;
  policy.pass_through = configuration.pass_through;
  return policy;
}

EngineLimits engine_limits(const Configuration& configuration) {
  EngineLimits limits;
  limits.memory_bytes = configuration.decoder_memory;
  return limits;
}

}  // namespace sluice
