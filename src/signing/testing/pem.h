// For tests: private keys made on the spot, and what OpenSSL says of signatures made with them.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "signing/cloudfront_options.h"

namespace sluice::testing {

using MadeKey = std::shared_ptr<EVP_PKEY>;
enum class PemForm { traditional, pkcs8, encrypted, traditional_encrypted, public_half };

// "RSA-2048", "P-256", "ED25519" …
inline MadeKey made_key(const std::string& kind) {
  EVP_PKEY* key = nullptr;
  if (kind.starts_with("RSA-")) {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::stoul(kind.substr(4)));
  } else if (kind.starts_with("P-")) {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", kind.c_str());
  } else {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, kind.c_str());
  }
  if (key == nullptr) throw std::runtime_error("no key of kind " + kind);
  return {key, EVP_PKEY_free};
}

inline std::string pem_of(const MadeKey& key, PemForm form) {
  const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
  const auto* cipher = EVP_aes_128_cbc();
  const std::string word = "a passphrase";
  const auto* bytes = reinterpret_cast<const unsigned char*>(word.data());
  const int size = static_cast<int>(word.size());
  int written = 0;
  switch (form) {
    case PemForm::traditional:
      written = PEM_write_bio_PrivateKey_traditional(out.get(), key.get(), nullptr, nullptr, 0,
                                                     nullptr, nullptr);
      break;
    case PemForm::traditional_encrypted:
      written = PEM_write_bio_PrivateKey_traditional(out.get(), key.get(), cipher, bytes, size,
                                                     nullptr, nullptr);
      break;
    case PemForm::pkcs8:
      written =
          PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
      break;
    case PemForm::encrypted:
      written =
          PEM_write_bio_PrivateKey(out.get(), key.get(), cipher, bytes, size, nullptr, nullptr);
      break;
    case PemForm::public_half: written = PEM_write_bio_PUBKEY(out.get(), key.get()); break;
  }
  if (written != 1) throw std::runtime_error("the key can't be written");
  char* text = nullptr;
  const auto length = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

inline bool verifies(const MadeKey& key, std::string_view text, std::string_view signature,
                     CloudFrontHash hash) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  const auto* digest = hash == CloudFrontHash::sha1 ? EVP_sha1() : EVP_sha256();
  return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                          signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                          text.size()) == 1;
}

}  // namespace sluice::testing
