// Accounts: signing up, in and out, and tokens; for the routes and the command line alike.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/passwords.h"
#include "accounts/sign_in_limit.h"
#include "base/result.h"
#include "base/time.h"
#include "catalog/users.h"

namespace sluice {

struct AccountsOptions {
  bool allow_signup = true;
  std::chrono::hours session_lifetime{30 * 24};
};

// The only time that a token is seen in clear.
struct IssuedToken {
  User user;
  std::string token;
  StoredToken stored;
};

// Thread-safe. Calls that take a password block for some tens of milliseconds.
class Accounts {
 public:
  // `users` and `clock` outlive it.
  Accounts(Users& users, const Clock& clock, AccountsOptions options)
      : users_(users), clock_(clock), options_(options) {}

  // An account and its first session. `denied`, code signup_disabled, unless allowed; otherwise
  // fails as add_user.
  Result<IssuedToken> sign_up(std::string_view email, std::string_view password);

  // `denied`: invalid_credentials for a wrong password as for an unknown address, at the same cost;
  // too_many_attempts after too many of those, until retry_after() is over.
  Result<IssuedToken> sign_in(std::string_view email, std::string_view password,
                              std::string_view remote_address);
  std::chrono::seconds retry_after(std::string_view email, std::string_view remote_address) const;

  // Revokes the token; one that is none is fine.
  Result<> sign_out(std::string_view token);

  // `invalid`: invalid_email, weak_password, password_too_long. `conflict`: email_taken.
  Result<User> add_user(std::string_view email, std::string_view password);

  // `not_found`, code user_not_found.
  Result<User> find_account(std::string_view email);

  // A token for programs, which may do what its user may; without a lifetime it lasts until it is
  // removed. `invalid`, code invalid_name; `conflict`, code too_many_tokens.
  Result<IssuedToken> create_token(const User& user, std::string_view name,
                                   std::optional<std::chrono::hours> lifetime);
  // As Users::list_tokens and Users::remove_token.
  Result<std::vector<StoredToken>> list_tokens(const User& user);
  Result<> remove_token(const User& user, const TokenId& token);

  // The owner of a token that is neither expired nor revoked.
  Result<std::optional<User>> find_user(std::string_view token);

  std::chrono::hours session_lifetime() const { return options_.session_lifetime; }

 private:
  Result<IssuedToken> issue(const User& user, StoredToken token,
                            std::optional<std::chrono::hours> lifetime);
  Result<IssuedToken> open_session(const User& user);

  Users& users_;
  const Clock& clock_;
  AccountsOptions options_;
  Passwords passwords_;
  SignInLimit limit_;
};

}  // namespace sluice
