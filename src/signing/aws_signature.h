// AWS Signature Version 4, in headers and in pre-signed URLs. Pure: time is an argument.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "base/time.h"

namespace sluice {

struct AwsCredentials {
  std::string access_key_id;
  Secret secret_access_key;
  Secret session_token;  // empty for a user's own key
};

using AwsFields = std::vector<std::pair<std::string, std::string>>;

// Where a signature counts, and how that service wants its paths.
struct AwsScope {
  std::string region;
  std::string service;
  bool normalize_path = true;     // takes "." and ".." and empty components away
  bool encode_path_twice = true;  // of what is sent, which is encoded already
  bool send_payload_hash = false;
};

// S3 signs a path as it is sent: its keys may hold anything.
AwsScope s3_scope(std::string region);

inline constexpr std::string_view kEmptyPayloadHash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

struct AwsRequest {
  std::string method = "GET";
  std::string host;        // with its port when that isn't the scheme's own
  std::string path = "/";  // not encoded
  AwsFields query{};       // not encoded
  AwsFields headers{};     // all are signed; Host needn't be among them
  std::string payload_hash{kEmptyPayloadHash};
};

std::string hash_aws_payload(std::string_view body);

// Path and query as they are sent.
std::string aws_target(const AwsRequest& request);

// What to send besides `request.headers`: X-Amz-Date, X-Amz-Security-Token and X-Amz-Content-Sha256
// where they apply, and Authorization.
AwsFields sign_aws_headers(const AwsRequest& request, const AwsCredentials& credentials,
                           const AwsScope& scope, Timestamp now);

// Path and query of a URL that allows this request until `now + expires_in`, to a client that sends
// `request.headers` exactly so.
std::string presign_aws_target(AwsRequest request, const AwsCredentials& credentials,
                               const AwsScope& scope, Timestamp now,
                               std::chrono::seconds expires_in);

}  // namespace sluice
