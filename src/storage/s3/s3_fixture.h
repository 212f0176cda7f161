// For tests: buckets on the S3 server of SLUICE_TEST_S3_ENDPOINT.
#pragma once

#include <memory>
#include <string>

#include "aws/aws_client.h"
#include "storage/s3/s3_object_store.h"
#include "storage/s3/s3_upload_store.h"

namespace sluice {

struct S3TestServer {
  std::string endpoint;  // http://127.0.0.1:PORT
  AwsCredentials credentials;
  std::string region;

  // Throws, and says how to run the test, when there is none.
  static S3TestServer from_environment();
};

// Quick to give up, for tests of what fails.
AwsClientOptions quick_s3_client(const std::string& region);

// A client and a new, empty bucket.
class S3TestBucket {
 public:
  explicit S3TestBucket(S3Options changes = {},
                        S3TestServer server = S3TestServer::from_environment());

  AwsClient& client() { return client_; }
  HttpClient& http() { return http_; }
  const S3Options& options() const { return options_; }
  // Any request, with the body's MD5 where S3 wants one.
  FetchResponse ask(std::string method, const std::string& key, AwsFields query,
                    std::string_view body);
  void allow_origin(const std::string& origin);

 private:
  SystemClock clock_;
  HttpClient http_;
  FixedCredentials credentials_;
  AwsClient client_;
  S3Options options_;
};

// Sends a body to a signed URL as a client without credentials; the status, 0 when it failed.
int send_signed(HttpClient& http, const SignedPut& put, std::string_view body);

}  // namespace sluice
