#include "accounts/token.h"

#include <sodium.h>

#include "base/encoding.h"
#include "base/random.h"

namespace sluice {

std::string new_token() { return to_base64url(random_bytes(32)); }

std::string hash_token(std::string_view token) {
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(token.data()), token.size());
  return to_hex({reinterpret_cast<const char*>(hash), sizeof hash});
}

}  // namespace sluice
