// When a delivery that failed is tried again. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sluice {

// Standard Webhooks' schedule: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h after the
// failure before, about three days in all; then nothing. `failures` counts from 1; `jitter` in
// [0, 1) adds up to a tenth, so that what failed together doesn't come back together.
std::optional<std::chrono::milliseconds> delay_after_failure(int failures, double jitter);

// How long a webhook rests after its `failures`-th failure in a row, whatever else is due for it:
// 1 s, doubling up to a minute. So a dead receiver takes a sender's time only now and then.
std::chrono::milliseconds rest_after_failure(int failures);

// What a receiver asks for by `Retry-After: SECONDS`; at most a day.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value);

}  // namespace sluice
