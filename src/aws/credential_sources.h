// Where AWS credentials can come from: one function for each place.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "fetch/http_client.h"
#include "signing/aws_signature.h"

namespace sluice {

// A variable of the environment; nothing when it is not set or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

struct LoadedCredentials {
  AwsCredentials credentials;
  std::optional<Timestamp> expires_at;  // nothing: they stay
  std::string source;                   // for logs and `sluice doctor`
};

// What a place answers: credentials, or why it has none. A place that is not set up at all is
// passed over; one that is set up and fails ends the search.
struct SourceAnswer {
  std::optional<LoadedCredentials> found;
  std::string why_not;  // a clause: "AWS_ACCESS_KEY_ID is not set"
};
using SourceResult = Result<SourceAnswer>;

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN.
SourceResult credentials_from_environment(const Environment& env);

// The profile AWS_PROFILE (or "default") of AWS_SHARED_CREDENTIALS_FILE (or ~/.aws/credentials).
SourceResult credentials_from_shared_file(const Environment& env);

// AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, exchanged at the security token service of
// AWS_REGION (AWS_ENDPOINT_URL_STS for another one). Kubernetes sets them.
SourceResult credentials_from_web_identity(const Environment& env, HttpClient& http);

// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or …_FULL_URI, with AWS_CONTAINER_AUTHORIZATION_TOKEN or
// …_TOKEN_FILE. ECS and EKS set them.
SourceResult credentials_from_container(const Environment& env, HttpClient& http);

// The role of this virtual machine, by version 2 of the instance metadata service, at
// AWS_EC2_METADATA_SERVICE_ENDPOINT or its usual address, unless AWS_EC2_METADATA_DISABLED.
SourceResult credentials_from_instance_role(const Environment& env, HttpClient& http);

}  // namespace sluice
