#include "storage/s3/s3_bucket.h"

#include <fmt/format.h>

namespace sluice {
namespace {

constexpr std::chrono::seconds kLeastTime{30};
constexpr std::int64_t kSlowBytesPerSecond = 128 * 1024;

}  // namespace

S3Bucket::S3Bucket(AwsClient& client, const S3Options& options)
    : client_(client),
      options_(options),
      place_(s3_place(options)),
      public_place_(s3_public_place(options)) {}

AwsCall S3Bucket::call(std::string method, std::string_view key) const {
  AwsCall call;
  call.origin = place_.origin;
  call.method = std::move(method);
  call.path = fmt::format("{}/{}", place_.path_prefix, key);
  if (key.empty() && !place_.path_prefix.empty()) call.path = place_.path_prefix;
  call.timeout = kLeastTime;
  call.stall = options_.stall;
  return call;
}

std::chrono::milliseconds S3Bucket::time_for(std::int64_t bytes) {
  return kLeastTime + std::chrono::seconds(bytes / kSlowBytesPerSecond);
}

Result<FetchResponse> S3Bucket::send(const AwsCall& call) const {
  SLUICE_TRY_ASSIGN(auto response, client_.send(call));
  if (response.status >= 200 && response.status < 300) return response;
  return fail(error_of(aws_fault(response)));
}

Result<std::string> S3Bucket::presign(AwsCall call, Timestamp expires_at) const {
  call.origin = public_place_.origin;
  call.path = public_place_.path_prefix + call.path.substr(place_.path_prefix.size());
  return client_.presign(call, expires_at);
}

Error S3Bucket::error_of(const AwsFault& fault) const {
  if (fault.code == "NoSuchBucket") {
    return {ErrorKind::unavailable, "no_bucket",
            fmt::format("There is no bucket {} at {}.", options_.bucket, place_.origin)};
  }
  auto error = aws_error(fault, fmt::format("The bucket {}", options_.bucket));
  if (error.kind == ErrorKind::not_found) {
    return {ErrorKind::not_found, "object_not_found", "There is no such object."};
  }
  return error;
}

AwsFields S3Bucket::encryption_headers() const {
  switch (options_.encryption) {
    case S3Encryption::none: return {};
    case S3Encryption::aes256: return {{"x-amz-server-side-encryption", "AES256"}};
    case S3Encryption::kms: break;
  }
  AwsFields headers = {{"x-amz-server-side-encryption", "aws:kms"}};
  if (!options_.kms_key_id.empty()) {
    headers.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", options_.kms_key_id);
  }
  return headers;
}

}  // namespace sluice
