// How long a task waits before it is tried again.
#pragma once

#include <chrono>

namespace sluice {

struct RetryDelays {
  std::chrono::milliseconds first{2'000};
  std::chrono::milliseconds longest{300'000};  // with kMaxDeliveries, what an outage may last
};

// Doubles with every failure (the first has number 1). `jitter` in [0, 1) spreads it over the upper
// half, so that tasks that failed together don't come back together.
std::chrono::milliseconds retry_delay(const RetryDelays& delays, int failures, double jitter);

}  // namespace sluice
