#include "aws/aws_client.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "base/log.h"
#include "base/random.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kLongestPresignSeconds = 7 * 24 * 3600;
// Services allow 5 or 15 minutes; the Date header is exact to a second.
constexpr std::int64_t kWrongClockSeconds = 120;

double random_fraction() {
  const auto bytes = random_bytes(4);
  std::uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value / 4294967296.0;
}

// As the Host header will say it: without the port that is the scheme's own.
std::string host_of(std::string_view origin) {
  const auto at = origin.find("://");
  auto host = at == std::string_view::npos ? origin : origin.substr(at + 3);
  const std::string_view own_port = origin.starts_with("https:") ? ":443" : ":80";
  if (host.ends_with(own_port)) host.remove_suffix(own_port.size());
  return std::string(host);
}

// RFC 9110 section 5.6.7.
std::optional<Timestamp> parse_http_date(std::string_view text) {
  std::tm tm{};
  if (::strptime(std::string(text).c_str(), "%a, %d %b %Y %H:%M:%S GMT", &tm) == nullptr) {
    return std::nullopt;
  }
  return Timestamp(seconds(::timegm(&tm)));
}

AwsRequest request_of(const AwsCall& call) {
  AwsRequest request{call.method, host_of(call.origin), call.path, call.query, call.headers};
  return request;
}

// False when `stop` came first.
bool wait_for(milliseconds pause, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, pause, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace

milliseconds retry_pause(const AwsClientOptions& options, int n, double random) {
  const auto doubled = options.first_pause * (std::int64_t{1} << std::min(n, 20));
  const auto most = std::min(doubled, options.longest_pause);
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(most.count()) * random));
}

// What one call has used up of its second chances.
class AwsClient::Attempts {
 public:
  explicit Attempts(const AwsClientOptions& options) : options_(options) {}

  // Waits before another attempt; false when there is none.
  bool again(const std::stop_token& stop) {
    if (++made_ >= options_.max_attempts) return false;
    const auto pause = retry_pause(options_, made_ - 1, random_fraction());
    const auto spent = std::chrono::steady_clock::now() - started_;
    return spent + pause < options_.retry_for && wait_for(pause, stop);
  }
  // The first time only.
  bool may_correct_clock() { return !std::exchange(clock_corrected_, true); }
  bool may_renew_credentials() { return !std::exchange(credentials_renewed_, true); }

 private:
  const AwsClientOptions& options_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  int made_ = 0;
  bool clock_corrected_ = false;
  bool credentials_renewed_ = false;
};

Result<FetchResponse> AwsClient::send(const AwsCall& call) {
  if (!options_.stop.stop_possible()) return send_until_stopped(call);
  std::stop_source either;
  const auto stop = [&either] { either.request_stop(); };
  const std::stop_callback of_call(call.stop, stop);
  const std::stop_callback of_all(options_.stop, stop);
  auto stoppable = call;
  stoppable.stop = either.get_token();
  return send_until_stopped(stoppable);
}

Result<FetchResponse> AwsClient::send_until_stopped(const AwsCall& call) {
  Attempts attempts(options_);
  while (true) {
    SLUICE_TRY_ASSIGN(const auto credentials, credentials_.get());
    auto response = send_once(call, credentials);
    if (!response) {
      if (response.error().kind == ErrorKind::unavailable && attempts.again(call.stop)) continue;
      return response;
    }
    note_time(*response);
    const auto fault = aws_fault(*response);
    if (is_transient(fault) && attempts.again(call.stop)) continue;
    if (is_credentials_fault(fault) && attempts.may_renew_credentials()) {
      credentials_.forget(credentials);
      continue;
    }
    if (correct_clock(*response, fault) && attempts.may_correct_clock()) continue;
    return response;
  }
}

Result<FetchResponse> AwsClient::send_once(const AwsCall& call, const AwsCredentials& credentials) {
  auto request = request_of(call);
  request.payload_hash = hash_aws_payload(call.body);
  FetchRequest fetch;
  fetch.method = call.method;
  fetch.url = call.origin + aws_target(request);
  fetch.headers = call.headers;
  for (auto& header : sign_aws_headers(request, credentials, options_.scope, now())) {
    fetch.headers.push_back(std::move(header));
  }
  fetch.body = call.body;
  fetch.timeout = call.timeout;
  fetch.stall = call.stall;
  fetch.max_response_bytes = call.max_response_bytes;
  fetch.stop = call.stop;
  return http_.send(fetch);
}

Result<std::string> AwsClient::presign(const AwsCall& call, Timestamp expires_at) {
  SLUICE_TRY_ASSIGN(const auto credentials, credentials_.get());
  auto request = request_of(call);
  request.payload_hash = kUnsignedPayload;
  const auto left = std::chrono::floor<seconds>(expires_at - clock_.now()).count();
  const auto lasts = std::clamp<std::int64_t>(left, 1, kLongestPresignSeconds);
  // What has expired already is signed for the second before it did.
  const auto signed_at = left < 1 ? now() + seconds(left - 1) : now();
  return call.origin + presign_aws_target(std::move(request), credentials, options_.scope,
                                          signed_at, seconds(lasts));
}

void AwsClient::note_time(const FetchResponse& response) {
  if (const auto theirs = parse_http_date(response.header("date"))) {
    seen_skew_ = std::chrono::round<seconds>(*theirs - clock_.now()).count();
  }
}

// An answer to a HEAD has no code: then the two clocks decide.
bool AwsClient::correct_clock(const FetchResponse& response, const AwsFault& fault) {
  const bool unexplained = response.status == 403 && fault.code.empty();
  if (!is_clock_fault(fault) && !unexplained) return false;
  if (!parse_http_date(response.header("date"))) return false;
  const auto wrong_by = seen_skew_ - correction_;
  if (std::abs(wrong_by) < kWrongClockSeconds) return false;
  correction_ = seen_skew_.load();
  log_warn("this machine's clock is wrong; requests are signed with the server's time",
           {{"server_ahead_seconds", seen_skew_.load()}});
  return true;
}

}  // namespace sluice
