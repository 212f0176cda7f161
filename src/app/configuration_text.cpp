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

namespace {

// The rules that all of AWS's buckets follow and that others share in the main.
bool is_bucket(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
}

// One `name=value` of an s3:// URL; what is wrong with it, or nothing.
std::string set_s3_parameter(S3Settings& settings, std::string_view name, std::string_view value) {
  if (name == "addressing" && (value == "path" || value == "virtual")) {
    settings.addressing = value == "path" ? S3Addressing::by_path : S3Addressing::virtual_host;
  } else if (name == "sse" && (value == "AES256" || value == "aws:kms")) {
    settings.encryption = value == "AES256" ? S3Encryption::aes256 : S3Encryption::kms;
  } else if (name == "kms-key-id" && !value.empty()) {
    settings.kms_key_id = value;
  } else {
    return "after ? there may be addressing=path|virtual, sse=AES256|aws:kms and kms-key-id=KEY";
  }
  return "";
}

}  // namespace

tl::expected<S3Settings, std::string> parse_s3_url(std::string_view text) {
  text.remove_prefix(std::min(text.size(), std::string_view{"s3://"}.size()));
  const auto question = text.find('?');
  const auto buckets = text.substr(0, question);
  const auto comma = buckets.find(',');
  S3Settings settings;
  if (comma != std::string_view::npos) {
    settings.uploads_bucket = buckets.substr(0, comma);
    settings.media_bucket = buckets.substr(comma + 1);
  }
  if (!is_bucket(settings.uploads_bucket) || !is_bucket(settings.media_bucket)) {
    return tl::unexpected(std::string{"expected s3://UPLOADS_BUCKET,MEDIA_BUCKET"});
  }
  if (settings.uploads_bucket == settings.media_bucket) {
    return tl::unexpected(std::string{"uploads and media need a bucket each"});
  }
  auto rest = question == std::string_view::npos ? std::string_view{} : text.substr(question + 1);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto parameter = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto equals = std::min(parameter.find('='), parameter.size());
    const auto value = parameter.substr(std::min(equals + 1, parameter.size()));
    auto fault = set_s3_parameter(settings, parameter.substr(0, equals), value);
    if (!fault.empty()) return tl::unexpected(std::move(fault));
  }
  if (!settings.kms_key_id.empty() && settings.encryption != S3Encryption::kms) {
    return tl::unexpected(std::string{"kms-key-id needs sse=aws:kms"});
  }
  return settings;
}

bool is_loopback(std::string_view listen) {
  const auto host = listen.substr(0, listen.rfind(':'));
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

}  // namespace sluice
