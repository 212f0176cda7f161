// Sends signed requests to an AWS service, or one that is compatible, and repeats what may be.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

#include "aws/aws_failure.h"
#include "aws/credentials.h"
#include "base/result.h"
#include "base/time.h"
#include "fetch/http_client.h"
#include "signing/aws_signature.h"

namespace sluice {

struct AwsClientOptions {
  AwsScope scope;
  int max_attempts = 5;
  // Before the n-th repetition a random time up to first_pause * 2^n, at most longest_pause.
  std::chrono::milliseconds first_pause{100};
  std::chrono::milliseconds longest_pause{5'000};
  std::chrono::milliseconds retry_for{60'000};  // after that no attempt is begun
  std::stop_token stop{};                       // ends every call, as its own does
};

struct AwsCall {
  std::string origin;  // "https://sqs.eu-central-1.amazonaws.com", without a path
  std::string method = "GET";
  std::string path = "/";  // not encoded, as the query
  AwsFields query{};
  AwsFields headers{};
  std::string_view body{};
  std::chrono::milliseconds timeout{60'000};  // of one attempt
  std::chrono::milliseconds stall{20'000};
  std::size_t max_response_bytes = std::size_t{64} << 20;
  std::stop_token stop{};
};

// How long to wait before repetition `n`, counted from 0; `random` is in [0, 1).
std::chrono::milliseconds retry_pause(const AwsClientOptions& options, int n, double random);

// Thread-safe.
class AwsClient {
 public:
  // All but `options` outlive it.
  AwsClient(HttpClient& http, CredentialProvider& credentials, const Clock& clock,
            AwsClientOptions options)
      : http_(http), credentials_(credentials), clock_(clock), options_(std::move(options)) {}

  // Any answer that is not transient is a success here, whatever its status; see aws_failure.h.
  // Repeated are lost connections, time-outs and transient answers, so a call should do no harm
  // when it is done twice. A wrong clock is corrected by the server's, and expired credentials
  // are replaced, once each. Errors: those of HttpClient and CredentialProvider.
  Result<FetchResponse> send(const AwsCall& call);

  // A URL that allows this call until `expires_at` (at most seven days from now, and no longer than
  // the credentials live) to whoever sends exactly call.headers; its body is not signed.
  Result<std::string> presign(const AwsCall& call, Timestamp expires_at);

  // What the server's clock was ahead of ours at its last answer; negative when it was behind.
  std::chrono::seconds clock_skew() const { return std::chrono::seconds(seen_skew_); }

 private:
  class Attempts;
  Result<FetchResponse> send_until_stopped(const AwsCall& call);
  Result<FetchResponse> send_once(const AwsCall& call, const AwsCredentials& credentials);
  Timestamp now() const { return clock_.now() + std::chrono::seconds(correction_); }
  void note_time(const FetchResponse& response);
  bool correct_clock(const FetchResponse& response, const AwsFault& fault);

  HttpClient& http_;
  CredentialProvider& credentials_;
  const Clock& clock_;
  const AwsClientOptions options_;
  std::atomic<std::int64_t> seen_skew_ = 0;
  std::atomic<std::int64_t> correction_ = 0;
};

}  // namespace sluice
