// The routes below /api/auth and /api/tokens.
#pragma once

#include "accounts/accounts.h"
#include "accounts/authenticator.h"
#include "http/router.h"

namespace sluice {

// All outlive the router.
struct AccountParts {
  Accounts& accounts;
  const Authenticator& authenticator;
  bool secure_cookie = false;  // the public URL is https
};

void add_account_routes(http::Router& router, AccountParts parts);

}  // namespace sluice
