#include "accounts/accounts.h"

#include <algorithm>

#include <fmt/format.h>

#include "accounts/account_rules.h"
#include "accounts/token.h"
#include "base/random.h"

namespace sluice {
namespace {

constexpr std::size_t kMostTokens = 100;

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
  return open_session(user);
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
  return open_session(credentials->user);
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

Result<User> Accounts::find_account(std::string_view email) {
  SLUICE_TRY_ASSIGN(const auto credentials, users_.find_credentials(email));
  if (!credentials) {
    return fail(ErrorKind::not_found, "user_not_found", "There is no account with this e-mail.");
  }
  return credentials->user;
}

Result<IssuedToken> Accounts::create_token(const User& user, std::string_view name,
                                           std::optional<std::chrono::hours> lifetime) {
  SLUICE_TRY(check_token_name(name));
  SLUICE_TRY_ASSIGN(const auto others, list_tokens(user));
  if (others.size() >= kMostTokens) {
    return fail(ErrorKind::conflict, "too_many_tokens",
                fmt::format("An account has at most {} tokens; remove one first.", kMostTokens));
  }
  StoredToken token;
  token.label = name;
  token.id = TokenId(random_id());
  return issue(user, std::move(token), lifetime);
}

Result<std::vector<StoredToken>> Accounts::list_tokens(const User& user) {
  return users_.list_tokens(user.id, clock_.now());
}

Result<> Accounts::remove_token(const User& user, const TokenId& token) {
  return users_.remove_token(user.id, token);
}

Result<std::optional<User>> Accounts::find_user(std::string_view token) {
  return users_.find_user_by_token(hash_token(token), clock_.now());
}

Result<IssuedToken> Accounts::open_session(const User& user) {
  StoredToken token;
  token.label = "session";
  return issue(user, std::move(token), options_.session_lifetime);
}

Result<IssuedToken> Accounts::issue(const User& user, StoredToken token,
                                    std::optional<std::chrono::hours> lifetime) {
  IssuedToken issued{user, new_token(), std::move(token)};
  issued.stored.hash = hash_token(issued.token);
  issued.stored.user_id = user.id;
  issued.stored.created_at = clock_.now();
  if (lifetime) issued.stored.expires_at = issued.stored.created_at + *lifetime;
  SLUICE_TRY(users_.add_token(issued.stored));
  return issued;
}

}  // namespace sluice
