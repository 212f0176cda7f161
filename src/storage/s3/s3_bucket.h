// One bucket as the S3 stores speak to it: addresses, signed calls, and what an error means.
#pragma once

#include <string>
#include <string_view>

#include "aws/aws_client.h"
#include "base/result.h"
#include "storage/s3/s3_options.h"

namespace sluice {

// Thread-safe.
class S3Bucket {
 public:
  // `client` outlives it and signs for the service s3 in the bucket's region.
  S3Bucket(AwsClient& client, const S3Options& options);

  // `key` empty: the bucket itself.
  AwsCall call(std::string method, std::string_view key) const;
  // Time enough for this many bytes at a slow link's pace.
  static std::chrono::milliseconds time_for(std::int64_t bytes);

  // An answer of 2xx; every other is an error: `not_found` (object_not_found) where the key is
  // missing, `unavailable` (no_bucket) where the bucket is, `denied`, `unavailable` and so on.
  Result<FetchResponse> send(const AwsCall& call) const;
  // Any answer at all.
  Result<FetchResponse> ask(const AwsCall& call) const { return client_.send(call); }
  // As clients reach the bucket.
  Result<std::string> presign(AwsCall call, Timestamp expires_at) const;

  Error error_of(const AwsFault& fault) const;
  // What new objects are stored with.
  AwsFields encryption_headers() const;
  const S3Options& options() const { return options_; }

 private:
  AwsClient& client_;
  const S3Options options_;
  const S3Place place_;
  const S3Place public_place_;
};

}  // namespace sluice
