#include "app/progress_line.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace sluice {
namespace {

constexpr int kWidth = 30;
// Before this the pace is mostly start-up.
constexpr double kPaceKnownFrom = 0.02;

}  // namespace

std::string progress_line(double done, double media_seconds, double elapsed) {
  done = std::clamp(done, 0.0, 1.0);
  const auto filled = static_cast<std::size_t>(std::lround(done * kWidth));
  auto line = fmt::format("[{}{}] {:3.0f} %", std::string(filled, '#'),
                          std::string(kWidth - filled, '-'), std::floor(done * 100));
  if (done < kPaceKnownFrom || elapsed <= 0) return line;
  return line + fmt::format("  {:.1f}x  {} left", media_seconds / elapsed,
                            clock_time(elapsed * (1 - done) / done));
}

std::string clock_time(double seconds) {
  const auto whole = static_cast<long long>(std::llround(std::max(0.0, seconds)));
  const auto hours = whole / 3'600, minutes = whole / 60 % 60, rest = whole % 60;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, rest);
  return fmt::format("{}:{:02}", minutes, rest);
}

}  // namespace sluice
