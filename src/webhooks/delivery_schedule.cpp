#include "webhooks/delivery_schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace sluice {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<milliseconds, 9> kDelays = {seconds{5}, minutes{5}, minutes{30},
                                                 hours{2},   hours{5},   hours{10},
                                                 hours{14},  hours{20},  hours{24}};
constexpr double kMostJitter = 0.1;
constexpr seconds kLongestRest{60};
constexpr seconds kLongestRetryAfter = hours{24};

}  // namespace

std::optional<milliseconds> delay_after_failure(int failures, double jitter) {
  if (failures < 1 || failures > static_cast<int>(kDelays.size())) return std::nullopt;
  const auto delay = kDelays[static_cast<std::size_t>(failures - 1)];
  return milliseconds{
      std::llround(static_cast<double>(delay.count()) * (1 + kMostJitter * jitter))};
}

milliseconds rest_after_failure(int failures) {
  const auto doublings = std::clamp(failures - 1, 0, 10);
  return std::min<milliseconds>(seconds{1 << doublings}, kLongestRest);
}

std::optional<seconds> parse_retry_after(std::string_view value) {
  std::int64_t number = 0;
  const auto* end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number < 0) return std::nullopt;
  return std::min(seconds{number}, kLongestRetryAfter);
}

}  // namespace sluice
