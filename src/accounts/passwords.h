// Password hashes by argon2id (RFC 9106), with libsodium's parameters for sign-ins.
#pragma once

#include <semaphore>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice {

// Each hash takes 64 MiB and some tens of milliseconds, so no more than `at_once` are computed at a
// time and the others wait. Thread-safe.
class Passwords {
 public:
  explicit Passwords(int at_once = 2);

  // In argon2's own text form, with a salt of its own. `unavailable` when there is no memory for
  // it.
  Result<std::string> hash(std::string_view password);

  bool matches(std::string_view password, const std::string& hash);

  // Never matches, and takes as long as one that could: for an account that isn't there.
  void match_nothing(std::string_view password);

 private:
  std::counting_semaphore<> free_;
};

}  // namespace sluice
