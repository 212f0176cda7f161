#include "queue/amqp/amqp_address.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace sluice {
namespace {

tl::unexpected<Error> bad_url(std::string_view what) {
  return fail(
      ErrorKind::invalid, "bad_queue_url",
      fmt::format("The queue's URL is not amqp://USER:PASSWORD@HOST:PORT/VHOST: {}.", what));
}

std::optional<int> number(std::string_view text, int least, int most) {
  int value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end || value < least || value > most) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    unsigned byte = 0;
    if (i + 3 > text.size()) return std::nullopt;
    const auto* first = text.data() + i + 1;
    if (std::from_chars(first, first + 2, byte, 16).ptr != first + 2) return std::nullopt;
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

// What is before `separator`, which goes with it; everything, if there is none.
std::string_view cut(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

Result<> read_user(std::string_view text, AmqpAddress& address) {
  const bool has_password = text.find(':') != std::string_view::npos;
  const auto user = percent_decoded(cut(text, ':'));
  const auto password = percent_decoded(text);
  if (!user || !password || user->empty()) return bad_url("the user or the password is malformed");
  address.user = *user;
  if (has_password) address.password = Secret{*password};
  return {};
}

Result<> read_host(std::string_view text, AmqpAddress& address) {
  std::string_view host;
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    host = cut(text, ']');
    if (text.starts_with(':')) text.remove_prefix(1);
  } else {
    host = cut(text, ':');
  }
  if (host.empty()) return bad_url("the host is missing");
  address.host = std::string(host);
  if (text.empty()) return {};
  const auto port = number(text, 1, 65535);
  if (!port) return bad_url("the port is no port");
  address.port = *port;
  return {};
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

Result<> read_option(std::string_view name, const std::string& value, AmqpAddress& address) {
  if (name == "heartbeat") {
    const auto seconds = number(value, 1, 600);
    if (!seconds) return bad_url("heartbeat is a number of seconds, 1 to 600");
    address.heartbeat = std::chrono::seconds{*seconds};
  } else if (name == "prefix") {
    if (!is_name(value)) return bad_url("prefix is made of letters, digits, '-', '_' and '.'");
    address.prefix = value;
  } else if (name == "cacertfile") {
    if (value.empty()) return bad_url("cacertfile is empty");
    address.ca_file = value;
  } else {
    return bad_url("the options are heartbeat, prefix and cacertfile");
  }
  return {};
}

}  // namespace

std::string AmqpAddress::host_and_port() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

Result<AmqpAddress> parse_amqp_url(std::string_view url) {
  AmqpAddress address;
  if (url.starts_with("amqps://")) {
    address.tls = true;
    address.port = 5671;
  } else if (!url.starts_with("amqp://")) {
    return bad_url("it starts neither with amqp:// nor with amqps://");
  }
  url.remove_prefix(address.tls ? 8 : 7);

  auto before_options = cut(url, '?');
  auto options = url;
  auto authority = cut(before_options, '/');
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    SLUICE_TRY(read_user(authority.substr(0, at), address));
    authority.remove_prefix(at + 1);
  }
  SLUICE_TRY(read_host(authority, address));

  const auto vhost = percent_decoded(before_options);
  if (!vhost) return bad_url("the virtual host is malformed");
  if (!vhost->empty()) address.vhost = *vhost;

  while (!options.empty()) {
    auto value = cut(options, '&');
    const auto name = cut(value, '=');
    const auto decoded = percent_decoded(value);
    if (!decoded) return bad_url("an option is malformed");
    SLUICE_TRY(read_option(name, *decoded, address));
  }
  return address;
}

}  // namespace sluice
