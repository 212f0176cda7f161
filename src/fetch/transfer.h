// One lane of an HttpClient: a libcurl handle with the connection it keeps.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "fetch/http_client.h"

namespace sluice {

// Where a request goes, taken apart and checked. `invalid`, code bad_url.
struct FetchTarget {
  std::string origin;  // scheme, host and port: what a connection belongs to
  std::string host;    // for messages
};
Result<FetchTarget> parse_target(const std::string& url);

// For one thread at a time.
class Transfer {
 public:
  // `options` outlives it.
  explicit Transfer(const HttpClientOptions& options);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  Result<FetchResponse> run(const FetchRequest& request, const FetchTarget& target);

 private:
  struct Answer;
  struct HeaderList;
  using Clock = std::chrono::steady_clock;

  void set_up(const FetchRequest& request, const HeaderList& headers, Answer& answer);
  void set_method(const FetchRequest& request);
  void set_proxies();
  // Drives the handle to its end; why it ended before that, if it did.
  Result<CURLcode> drive(const FetchRequest& request, const FetchTarget& target);
  std::int64_t bytes_moved() const;

  static std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* answer);
  static std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* answer);
  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);

  const HttpClientOptions& options_;
  CURLM* multi_;
  CURL* easy_;
  bool address_refused_ = false;
};

}  // namespace sluice
