#include "transcode/retry_delay.h"

#include <algorithm>
#include <cmath>

namespace sluice {

std::chrono::milliseconds retry_delay(const RetryDelays& delays, int failures, double jitter) {
  const int doublings = std::clamp(failures - 1, 0, 30);
  const auto full = std::min(static_cast<double>(delays.longest.count()),
                             std::ldexp(static_cast<double>(delays.first.count()), doublings));
  return std::chrono::milliseconds{std::llround(full * (0.5 + 0.5 * jitter))};
}

}  // namespace sluice
