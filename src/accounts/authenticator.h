// Who makes a request: a bearer token, or the web page's session cookie.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accounts/accounts.h"
#include "http/message.h"

namespace sluice {

inline constexpr std::string_view kSessionCookie = "sluice_session";

// Thread-safe.
class Authenticator {
 public:
  // `accounts` outlives it. `public_url` is what browsers see.
  Authenticator(Accounts& accounts, std::string_view public_url);

  // Nobody without credentials, or with expired or revoked ones. A request that a cookie alone
  // speaks for and that changes something has to come from our own pages: else `denied`, code
  // cross_site_request.
  Result<std::optional<User>> user(const http::Request& request) const;

  // `denied`, code unauthenticated (401), instead of nobody.
  Result<User> require_user(const http::Request& request) const;

  // The token that the request carries; empty when none. Fails as user().
  Result<std::string> token(const http::Request& request) const;

 private:
  bool from_own_page(const http::Request& request) const;

  Accounts& accounts_;
  std::string own_origin_;
};

}  // namespace sluice
