#include "app/page_policy.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice {
namespace {

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The host-source of CSP level 3, with a scheme: IPv6 addresses can't be said in it.
bool is_origin(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) return false;
  if (text.substr(0, scheme) != "https" && text.substr(0, scheme) != "http") return false;
  auto host = text.substr(scheme + 3);
  if (const auto colon = host.find(':'); colon != std::string_view::npos) {
    if (!is_port(host.substr(colon + 1))) return false;
    host = host.substr(0, colon);
  }
  if (host.starts_with("*.")) host.remove_prefix(2);
  return !host.empty() && !host.starts_with('.') && std::ranges::all_of(host, is_host_character);
}

std::string content_security_policy(const PagePolicy& policy, std::string_view frame_ancestors) {
  std::string api;
  for (const auto& origin : policy.api_origins) api += ' ' + origin;
  return fmt::format(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{0}; "
      "media-src 'self' blob:{0}; connect-src 'self'{0}; font-src 'self'; worker-src 'self' blob:; "
      "manifest-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
      "frame-ancestors {1}",
      api, frame_ancestors);
}

void protect(http::Response& response, const PagePolicy& policy, std::string_view frame_ancestors) {
  response.set("Content-Security-Policy", content_security_policy(policy, frame_ancestors));
  response.set("Referrer-Policy", "strict-origin-when-cross-origin");
  response.set("Permissions-Policy",
               "camera=(), microphone=(), geolocation=(), autoplay=(self), fullscreen=(self), "
               "picture-in-picture=(self)");
  if (policy.https) response.set("Strict-Transport-Security", "max-age=31536000");
}

}  // namespace

std::optional<std::vector<std::string>> parse_embed_origins(std::string_view text) {
  if (text == "*") return std::vector<std::string>{"*"};
  if (text == "none") return std::vector<std::string>{};
  std::vector<std::string> origins;
  for (bool more = true; more;) {
    const auto comma = text.find(',');
    more = comma != std::string_view::npos;
    auto origin = text.substr(0, comma);
    if (more) text.remove_prefix(comma + 1);
    while (origin.starts_with(' ')) origin.remove_prefix(1);
    while (origin.ends_with(' ')) origin.remove_suffix(1);
    if (!is_origin(origin)) return std::nullopt;
    origins.emplace_back(origin);
  }
  return origins;
}

void protect_page(http::Response& response, const PagePolicy& policy) {
  protect(response, policy, "'none'");
  response.set("Cross-Origin-Opener-Policy", "same-origin");
  response.set("X-Frame-Options", "DENY");
}

void protect_embed_page(http::Response& response, const PagePolicy& policy) {
  const auto& origins = policy.embed_origins;
  if (origins.empty()) {
    protect(response, policy, "'none'");
    response.set("X-Frame-Options", "DENY");
  } else if (origins.front() == "*") {
    protect(response, policy, "*");
  } else {
    // Ours too: it shows what a player will look like.
    protect(response, policy, fmt::format("'self' {}", fmt::join(origins, " ")));
  }
}

}  // namespace sluice
