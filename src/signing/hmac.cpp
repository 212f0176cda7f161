// The EVP interface allocates for every message, which costs several times the hashing itself.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "signing/hmac.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace sluice {
namespace {

unsigned char* bytes_of(HmacKey::Mac& mac) { return reinterpret_cast<unsigned char*>(mac.data()); }

}  // namespace

struct HmacKey::State {
  SHA256_CTX inner;
  SHA256_CTX outer;
  ~State() { OPENSSL_cleanse(this, sizeof *this); }
};

HmacKey::HmacKey(std::string_view secret) : state_(std::make_unique<State>()) {
  std::array<unsigned char, SHA256_CBLOCK> block{};
  if (secret.size() > block.size()) {
    SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), block.data());
  } else {
    std::copy(secret.begin(), secret.end(), block.begin());
  }
  for (auto& byte : block) byte ^= 0x36u;
  SHA256_Init(&state_->inner);
  SHA256_Update(&state_->inner, block.data(), block.size());
  for (auto& byte : block) byte ^= 0x36u ^ 0x5cu;
  SHA256_Init(&state_->outer);
  SHA256_Update(&state_->outer, block.data(), block.size());
  OPENSSL_cleanse(block.data(), block.size());
}

HmacKey::HmacKey(const Secret& secret, std::string_view purpose)
    : HmacKey([&] {
        const Mac derived = HmacKey(secret.reveal()).sign(purpose);
        return HmacKey(std::string_view(derived.data(), derived.size()));
      }()) {}

HmacKey::HmacKey(HmacKey&&) noexcept = default;
HmacKey& HmacKey::operator=(HmacKey&&) noexcept = default;
HmacKey::~HmacKey() = default;

HmacKey::Mac HmacKey::sign(std::string_view message) const {
  Mac mac;
  SHA256_CTX context = state_->inner;
  SHA256_Update(&context, message.data(), message.size());
  SHA256_Final(bytes_of(mac), &context);
  context = state_->outer;
  SHA256_Update(&context, mac.data(), mac.size());
  SHA256_Final(bytes_of(mac), &context);
  return mac;
}

bool HmacKey::verify(std::string_view message, std::string_view mac) const {
  const Mac expected = sign(message);
  return mac.size() == expected.size() &&
         CRYPTO_memcmp(mac.data(), expected.data(), expected.size()) == 0;
}

}  // namespace sluice
