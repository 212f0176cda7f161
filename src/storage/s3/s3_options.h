// Which bucket, where, and how it is spoken to.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace sluice {

enum class S3Addressing {
  automatic,     // by name for AWS's own endpoint, by path for any other
  by_path,       // https://HOST/BUCKET/KEY
  virtual_host,  // https://BUCKET.HOST/KEY
};

enum class S3Encryption {
  none,    // the bucket's own setting counts
  aes256,  // SSE-S3
  kms,     // SSE-KMS
};

struct S3Options {
  std::string bucket{};
  std::string region = "us-east-1";
  std::string endpoint{};         // "https://HOST[:PORT]"; empty: AWS's own for the region
  std::string public_endpoint{};  // as clients reach it, for pre-signed URLs; empty: `endpoint`
  S3Addressing addressing = S3Addressing::automatic;
  S3Encryption encryption = S3Encryption::none;
  std::string kms_key_id{};                     // kms; empty: the account's own key
  std::int64_t cache_bytes = 32 * 1024 * 1024;  // of what is read, over all open objects
  std::chrono::milliseconds stall{15'000};  // an attempt during which nothing moves so long fails
};

// `invalid`: bad_bucket, bad_endpoint, bad_region. Nothing else here works with options that fail
// it.
Result<> check_s3_options(const S3Options& options);

// Where this bucket is found.
struct S3Place {
  std::string origin;       // "https://BUCKET.s3.eu-central-1.amazonaws.com"
  std::string path_prefix;  // "/BUCKET", or empty where the origin names it
};
S3Place s3_place(const S3Options& options);
S3Place s3_public_place(const S3Options& options);

}  // namespace sluice
