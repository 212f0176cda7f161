#include "webhooks/webhook_rules.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/encoding.h"
#include "webhooks/public_address.h"

namespace sluice {
namespace {

constexpr std::size_t kMaxHostBytes = 255;
constexpr std::size_t kMaxDescriptionBytes = 800;
constexpr std::size_t kMaxDescriptionCharacters = 200;

tl::unexpected<Error> invalid_url(std::string message) {
  return fail(ErrorKind::invalid, "invalid_url", std::move(message));
}

bool is_graphic_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > kMaxHostBytes) return false;
  if (host.starts_with('[')) return parse_address(host).has_value();
  return std::ranges::all_of(host, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_';
  });
}

bool is_port(std::string_view port) {
  int number = 0;
  const auto* end = port.data() + port.size();
  const auto read = std::from_chars(port.data(), end, number);
  return read.ec == std::errc() && read.ptr == end && number >= 1 && number <= 65535;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return result;
}

// Takes the front of `url` if it is one of the schemes that are allowed.
bool take_scheme(std::string_view& url, const WebhookRules& rules) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (lower(url.substr(0, scheme.size())) != scheme) continue;
    url.remove_prefix(scheme.size());
    return scheme == "https://" || rules.allow_private_addresses;
  }
  return false;
}

bool is_public_host(std::string_view host) {
  const auto address = parse_address(host);
  return !address || is_public_address(reinterpret_cast<const sockaddr&>(*address));
}

bool has_controls(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

}  // namespace

Result<> check_webhook_url(std::string_view url, const WebhookRules& rules) {
  if (url.size() > kMaxWebhookUrlBytes) return invalid_url("The URL is longer than 2000 bytes.");
  if (!is_graphic_ascii(url) || url.find_first_of("\\#") != std::string_view::npos) {
    return invalid_url("The URL has characters that have to be percent-encoded.");
  }
  if (!take_scheme(url, rules)) return invalid_url("The URL has to begin with https://.");
  const auto authority = url.substr(0, url.find_first_of("/?"));
  if (authority.find('@') != std::string_view::npos) {
    return invalid_url("The URL may not hold a user or a password.");
  }
  const auto bracket = authority.rfind(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const auto host = authority.substr(0, colon);
  const bool good_port = colon == std::string_view::npos || is_port(authority.substr(colon + 1));
  if (!is_host(host) || !good_port) return invalid_url("The URL has no valid host and port.");
  if (!rules.allow_private_addresses && !is_public_host(host)) {
    return fail(ErrorKind::denied, "address_refused",
                "Webhooks may not call addresses of private networks.");
  }
  return {};
}

Result<> check_webhook_description(std::string_view text) {
  if (text.size() > kMaxDescriptionBytes || count_characters(text) > kMaxDescriptionCharacters ||
      !is_text(text) || has_controls(text)) {
    return fail(ErrorKind::invalid, "invalid_description",
                "description has at most 200 characters, all on one line.");
  }
  return {};
}

}  // namespace sluice
