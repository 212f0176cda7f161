// Accounts and their tokens, as stored.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace sluice {

struct User {
  UserId id;
  std::string email;
};

struct Credentials {
  User user;
  std::string password_hash;  // argon2id, in its own text form
};

using TokenId = Id<struct TokenTag>;

// Only the hash of a token is ever stored.
struct StoredToken {
  std::string hash;  // SHA-256 of the token, hex
  UserId user_id;
  std::string label;  // "session", or what its owner called it
  Timestamp created_at{};
  std::optional<Timestamp> expires_at{};    // never without one
  TokenId id{};                             // of an API token; a session has none
  std::optional<Timestamp> last_used_at{};  // of an API token
};

// How exactly the last use of an API token is known: writing down each would cost more than many a
// request.
inline constexpr std::chrono::minutes kTokenUsePrecision{1};

// Thread-safe. Transient faults are `unavailable`.
class Users {
 public:
  virtual ~Users() = default;

  // E-mail addresses are unique without regard to case: `conflict`, code email_taken.
  virtual Result<User> create_user(std::string_view email, std::string_view password_hash,
                                   Timestamp now) = 0;
  virtual Result<std::optional<Credentials>> find_credentials(std::string_view email) = 0;

  virtual Result<> add_token(const StoredToken& token) = 0;
  // The owner of a token that is neither expired nor revoked. Notes the use of an API token.
  virtual Result<std::optional<User>> find_user_by_token(std::string_view hash, Timestamp now) = 0;
  virtual Result<> revoke_token(std::string_view hash) = 0;

  // API tokens that have not expired, newest first.
  virtual Result<std::vector<StoredToken>> list_tokens(const UserId& user, Timestamp now) = 0;
  // `not_found`, code token_not_found, unless it is one of this user's.
  virtual Result<> remove_token(const UserId& user, const TokenId& token) = 0;
};

}  // namespace sluice
