// The private key that a CloudFront distribution trusts.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "signing/cloudfront_options.h"

struct evp_pkey_st;

namespace sluice {

// RSA of 2048 bits or ECDSA on P-256: CloudFront knows no others. Thread-safe.
class CloudFrontKey {
 public:
  // `pem` in any of OpenSSL's forms (PKCS #1, PKCS #8, EC), without a passphrase. `invalid`,
  // bad_cdn_key: what is wrong with it, in words that hold nothing of it.
  static Result<CloudFrontKey> from_pem(const Secret& pem);
  // The same of a file, whose name the message holds.
  static Result<CloudFrontKey> from_file(const std::string& path);

  // RSASSA-PKCS1-v1_5, or ECDSA as DER. The first is the same each time, the second never.
  Result<std::string> sign(std::string_view text, CloudFrontHash hash) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  explicit CloudFrontKey(std::unique_ptr<evp_pkey_st, Free> key) : key_(std::move(key)) {}

  std::unique_ptr<evp_pkey_st, Free> key_;
};

}  // namespace sluice
