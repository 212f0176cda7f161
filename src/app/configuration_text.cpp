// Sizes, durations and addresses as people write them.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

#include "app/configuration.h"

namespace sluice {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr std::array kDurationUnits = {Unit{"s", 1}, Unit{"m", 60}, Unit{"h", 3'600},
                                       Unit{"d", 86'400}};
constexpr std::array kByteUnits = {
    Unit{"", 1},
    Unit{"b", 1},
    Unit{"kb", 1'000},
    Unit{"mb", 1'000'000},
    Unit{"gb", 1'000'000'000},
    Unit{"tb", 1'000'000'000'000},
    Unit{"kib", std::int64_t{1} << 10},
    Unit{"mib", std::int64_t{1} << 20},
    Unit{"gib", std::int64_t{1} << 30},
    Unit{"tib", std::int64_t{1} << 40},
};

template <std::size_t N>
std::optional<std::int64_t> factor_of(const std::array<Unit, N>& units, std::string_view name) {
  for (const auto& unit : units) {
    if (unit.name == name) return unit.factor;
  }
  return std::nullopt;
}

// The number at the start of `text`, which is cut off it.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || text.front() == '-') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<std::int64_t> multiply(std::int64_t number, std::int64_t factor) {
  if (number > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
  return number * factor;
}

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  // A century is as good as for ever, and sums of it stay in range.
  constexpr std::int64_t kLongest = std::int64_t{100} * 365 * 86'400;
  std::int64_t total = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    std::optional<std::int64_t> factor = 1;
    if (!text.empty()) {
      factor = factor_of(kDurationUnits, text.substr(0, 1));
      text.remove_prefix(1);
    }
    const auto part = factor ? multiply(*number, *factor) : std::nullopt;
    if (!part || *part > kLongest - total) return std::nullopt;
    total += *part;
  }
  if (total <= 0) return std::nullopt;
  return std::chrono::seconds{total};
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto number = take_number(text);
  if (!number || *number == 0) return std::nullopt;
  if (text.starts_with(' ')) text.remove_prefix(1);
  std::string unit{text};
  std::transform(unit.begin(), unit.end(), unit.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto factor = factor_of(kByteUnits, unit);
  return factor ? multiply(*number, *factor) : std::nullopt;
}

bool is_loopback(std::string_view listen) {
  const auto host = listen.substr(0, listen.rfind(':'));
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

}  // namespace sluice
