#include "base/sha256.h"

#include <openssl/sha.h>

#include "base/encoding.h"

namespace sluice {

std::string sha256_hex(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  ::SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
           reinterpret_cast<unsigned char*>(digest.data()));
  return to_hex(digest);
}

}  // namespace sluice
