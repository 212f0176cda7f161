// Accounts and their tokens, as stored.
#pragma once

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

// Only the hash of a token is ever stored.
struct StoredToken {
  std::string hash;  // SHA-256 of the token, hex
  UserId user_id;
  std::string label;  // "session", or what its owner called it
  Timestamp created_at{};
  Timestamp expires_at{};
};

// Thread-safe. Transient faults are `unavailable`.
class Users {
 public:
  virtual ~Users() = default;

  // E-mail addresses are unique without regard to case: `conflict`, code email_taken.
  virtual Result<User> create_user(std::string_view email, std::string_view password_hash,
                                   Timestamp now) = 0;
  virtual Result<std::optional<Credentials>> find_credentials(std::string_view email) = 0;

  virtual Result<> add_token(const StoredToken& token) = 0;
  // The owner of a token that is neither expired nor revoked.
  virtual Result<std::optional<User>> find_user_by_token(std::string_view hash, Timestamp now) = 0;
  virtual Result<> revoke_token(std::string_view hash) = 0;
};

}  // namespace sluice
