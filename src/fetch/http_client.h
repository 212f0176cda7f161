// One HTTP request and its whole answer, over libcurl. Knows nothing of what is asked for.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

struct sockaddr;

namespace sluice {

struct FetchRequest {
  std::string method = "GET";
  std::string url;  // http or https, nothing else
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view body{};  // outlives the call
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{60'000};  // for everything together
  std::chrono::milliseconds stall{20'000};    // nothing came and nothing went for so long
  std::size_t max_response_bytes = std::size_t{64} << 20;
  std::stop_token stop{};  // ends the call early
};

struct FetchResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;

  // The value of the first header of that name (lower case), or nothing.
  std::string_view header(std::string_view name) const;
};

// May a connection to this address be made? Asked after the name was resolved, so a name that
// resolves to something else the second time gains nothing.
using AllowAddress = std::function<bool(const sockaddr&)>;

struct HttpClientOptions {
  AllowAddress allow_address{};  // empty: any. With one, the environment's proxies are not used
  std::string user_agent = "Sluice/" SLUICE_VERSION;
  std::size_t idle_connections = 16;  // kept for the next request to the same server
  // The environment's (https_proxy, no_proxy …); never for loopback addresses.
  bool use_proxies = true;
};

// Redirects are answers, never followed. A request is sent once; only where a kept connection turns
// out to be closed before anything was answered does it go out again on a new one. Thread-safe:
// requests run side by side, each on its caller's thread.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options = {});
  ~HttpClient();

  // Any answer is a success, whatever its status. `unavailable`: unreachable (name, connection,
  // TLS), timed_out, cut_off (the answer ended early); `denied`, code address_refused;
  // `too_large`, code response_too_large; `invalid`, codes bad_url and bad_header; `canceled`
  // after `stop`. Messages name the host, never the rest of the URL: that may be signed.
  Result<FetchResponse> send(const FetchRequest& request);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice
