// The routes below /api/tokens: API tokens of whoever asks.
#pragma once

#include "accounts/account_routes.h"

namespace sluice {

// As add_account_routes, which calls it.
void add_token_routes(http::Router& router, AccountParts parts);

}  // namespace sluice
