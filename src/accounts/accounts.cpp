#include "accounts/accounts.h"

#include <algorithm>

#include <fmt/format.h>

#include "accounts/account_rules.h"
#include "accounts/token.h"

namespace sluice {
namespace {

// Of bounded length, whatever was sent.
std::string who_tries(std::string_view remote_address, std::string_view email) {
  std::string folded(email);
  std::transform(folded.begin(), folded.end(), folded.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return hash_token(fmt::format("{}\n{}", remote_address, folded));
}

}  // namespace

Result<IssuedToken> Accounts::sign_up(std::string_view email, std::string_view password) {
  if (!options_.allow_signup) {
    return fail(ErrorKind::denied, "signup_disabled",
                "Nobody can sign up here; ask the administrator for an account.");
  }
  SLUICE_TRY_ASSIGN(const User user, add_user(email, password));
  return issue(user, "session", options_.session_lifetime);
}

Result<IssuedToken> Accounts::sign_in(std::string_view email, std::string_view password,
                                      std::string_view remote_address) {
  const auto who = who_tries(remote_address, email);
  if (limit_.wait(who, clock_.now())) {
    return fail(ErrorKind::denied, "too_many_attempts",
                "There were too many wrong passwords; try again in some minutes.");
  }
  const bool possible = check_email(email) && password.size() <= kMaxPasswordBytes;
  std::optional<Credentials> credentials;
  if (possible) {
    SLUICE_TRY_ASSIGN(credentials, users_.find_credentials(email));
  }
  const bool matches = credentials && passwords_.matches(password, credentials->password_hash);
  if (!credentials) passwords_.match_nothing(password.substr(0, kMaxPasswordBytes));
  if (!matches) {
    limit_.failed(who, clock_.now());
    return fail(ErrorKind::denied, "invalid_credentials", "The e-mail or the password is wrong.");
  }
  limit_.succeeded(who);
  return issue(credentials->user, "session", options_.session_lifetime);
}

std::chrono::seconds Accounts::retry_after(std::string_view email,
                                           std::string_view remote_address) const {
  return limit_.wait(who_tries(remote_address, email), clock_.now())
      .value_or(std::chrono::seconds{0});
}

Result<> Accounts::sign_out(std::string_view token) {
  return users_.revoke_token(hash_token(token));
}

Result<User> Accounts::add_user(std::string_view email, std::string_view password) {
  SLUICE_TRY(check_email(email));
  SLUICE_TRY(check_password(password));
  SLUICE_TRY_ASSIGN(const auto hash, passwords_.hash(password));
  return users_.create_user(email, hash, clock_.now());
}

Result<IssuedToken> Accounts::create_token(std::string_view email, std::string_view label,
                                           std::chrono::hours lifetime) {
  SLUICE_TRY_ASSIGN(const auto credentials, users_.find_credentials(email));
  if (!credentials) {
    return fail(ErrorKind::not_found, "user_not_found", "There is no account with this e-mail.");
  }
  return issue(credentials->user, label, lifetime);
}

Result<std::optional<User>> Accounts::find_user(std::string_view token) {
  return users_.find_user_by_token(hash_token(token), clock_.now());
}

Result<IssuedToken> Accounts::issue(const User& user, std::string_view label,
                                    std::chrono::hours lifetime) {
  const auto now = clock_.now();
  IssuedToken issued{user, new_token(), now + lifetime};
  SLUICE_TRY(users_.add_token({.hash = hash_token(issued.token),
                               .user_id = user.id,
                               .label = std::string(label),
                               .created_at = now,
                               .expires_at = issued.expires_at}));
  return issued;
}

}  // namespace sluice
