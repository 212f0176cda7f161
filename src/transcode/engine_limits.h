// How much one job may take of the machine, from what it has to do. Pure.
#pragma once

#include <chrono>
#include <cstdint>

#include "transcode/engine.h"

namespace sluice {

// CPU time: `limits.cpu`, and on top of it many times what the job's encoding should cost.
std::chrono::seconds cpu_limit(const EngineLimits& limits, const EngineJob& job);

// Bytes of all outputs together: a base, for init segments and images, and several times what the
// job's encoders are capped to.
std::int64_t output_limit(const EngineLimits& limits, const EngineJob& job);

}  // namespace sluice
