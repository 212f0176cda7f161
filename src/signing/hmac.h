// HMAC-SHA-256 (RFC 2104) for keys that are used often.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "base/secret.h"

namespace sluice {

// The key's share of the work is done once, so that a short message costs two blocks of SHA-256.
// Thread-safe.
class HmacKey {
 public:
  using Mac = std::array<char, 32>;

  // A key of its own for each `purpose`: what is signed for one never passes for another.
  HmacKey(const Secret& secret, std::string_view purpose);
  // `secret` as it is.
  explicit HmacKey(std::string_view secret);
  HmacKey(HmacKey&&) noexcept;
  HmacKey& operator=(HmacKey&&) noexcept;
  ~HmacKey();

  Mac sign(std::string_view message) const;

  // Constant time in the contents of `mac`.
  bool verify(std::string_view message, std::string_view mac) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice
