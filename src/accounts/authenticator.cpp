#include "accounts/authenticator.h"

#include <algorithm>
#include <cctype>

#include "http/origin.h"

namespace sluice {
namespace {

std::string_view authority_of(std::string_view origin) {
  const auto host = origin.find("://");
  return host == std::string_view::npos ? std::string_view{} : origin.substr(host + 3);
}

// RFC 6750 section 2.1; the scheme's name is compared without regard to case.
std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() < kScheme.size()) return std::nullopt;
  const bool same = std::equal(kScheme.begin(), kScheme.end(), authorization.begin(),
                               [](char a, unsigned char b) { return a == std::tolower(b); });
  if (!same) return std::nullopt;
  authorization.remove_prefix(kScheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  return authorization;
}

bool only_reads(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

}  // namespace

Authenticator::Authenticator(Accounts& accounts, std::string_view public_url)
    : accounts_(accounts), own_origin_(http::origin_of(public_url)) {}

bool Authenticator::from_own_page(const http::Request& request) const {
  const auto site = request.header("sec-fetch-site");
  if (!site.empty()) return site == "same-origin" || site == "none";
  // Browsers leave Sec-Fetch-Site out over plain HTTP, but not the Origin of a cross-site request.
  const auto origin = request.header("origin");
  if (origin.empty() || origin == own_origin_) return true;
  const auto authority = authority_of(origin);
  return !authority.empty() && authority == request.header("host");
}

Result<std::string> Authenticator::token(const http::Request& request) const {
  const auto authorization = request.header("authorization");
  if (!authorization.empty()) return std::string(bearer_token(authorization).value_or(""));
  const auto cookie = request.cookie(kSessionCookie);
  if (!cookie.empty() && !only_reads(request.method) && !from_own_page(request)) {
    return fail(ErrorKind::denied, "cross_site_request",
                "Another site may not do this with your session.");
  }
  return std::string(cookie);
}

Result<std::optional<User>> Authenticator::user(const http::Request& request) const {
  SLUICE_TRY_ASSIGN(const auto credential, token(request));
  if (credential.empty()) return std::nullopt;
  return accounts_.find_user(credential);
}

Result<User> Authenticator::require_user(const http::Request& request) const {
  SLUICE_TRY_ASSIGN(auto found, user(request));
  if (!found) return fail(ErrorKind::denied, "unauthenticated", "Sign in first.");
  return *std::move(found);
}

}  // namespace sluice
