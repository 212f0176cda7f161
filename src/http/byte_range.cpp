#include "http/byte_range.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <system_error>

namespace sluice::http {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// A position too large to count stands behind the end of everything.
std::optional<std::int64_t> position(std::string_view digits) {
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec != std::errc{}) return std::numeric_limits<std::int64_t>::max();
  return value;
}

ByteRange part(std::int64_t offset, std::int64_t length) {
  if (length <= 0) return {ByteRange::Kind::unsatisfiable, 0, 0};
  return {ByteRange::Kind::part, offset, length};
}

bool is_bytes_unit(std::string_view unit) {
  constexpr std::string_view kUnit = "bytes";
  return std::ranges::equal(unit, kUnit, [](char a, char b) { return (a | 0x20) == b; });
}

}  // namespace

ByteRange read_byte_range(std::string_view range_header, std::int64_t size_bytes) {
  const auto equals = range_header.find('=');
  if (equals == std::string_view::npos || !is_bytes_unit(range_header.substr(0, equals))) return {};
  const auto spec = trimmed(range_header.substr(equals + 1));
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos) return {};
  const auto first_text = spec.substr(0, dash);
  const auto last_text = spec.substr(dash + 1);

  if (first_text.empty()) {
    const auto suffix = position(last_text);
    if (!suffix) return {};
    const auto length = std::min(*suffix, size_bytes);
    return part(size_bytes - length, length);
  }
  const auto first = position(first_text);
  if (!first) return {};
  if (last_text.empty()) return part(*first, size_bytes - *first);
  const auto last = position(last_text);
  if (!last || *last < *first) return {};
  return part(*first, std::min(*last, size_bytes - 1) - *first + 1);
}

}  // namespace sluice::http
