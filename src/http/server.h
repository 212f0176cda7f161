// The HTTP/1.1 server: a few I/O threads, a pool for handlers, limits on everything.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/router.h"

namespace sluice::http {

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";  // HOST:PORT, [v6]:PORT; port 0 takes a free one
  int io_threads = 1;
  int pool_threads = 8;
  int max_connections = 2048;
  std::size_t max_header_bytes = 16 * 1024;
  // The limits in time are looked at about four times within the shortest of them.
  std::chrono::milliseconds header_timeout{
      15'000};                                     // from a request's first byte to its last header
  std::chrono::milliseconds idle_timeout{75'000};  // between requests
  std::chrono::milliseconds stall_timeout{30'000};  // a body or response that does not move at all
  std::int64_t min_body_bytes_per_second = 512;  // averaged over stall_timeout; slower is dropped
};

// One finished request, for logs and metrics. The texts are valid during the call only; `pattern`
// is empty when no route was found, `method` and `path` too when the request was malformed.
struct Access {
  std::string_view method, pattern, path, remote_address, request_id;
  int status = 0;
  std::int64_t bytes_sent = 0;
  std::chrono::microseconds duration{};
};

class Server {
 public:
  // Binds at once: `invalid` (bad_listen_address) or `unavailable` (port_taken) with a clear
  // message. `router` and `on_access` outlive the server; on_access may be called from any thread.
  static Result<std::unique_ptr<Server>> bind(ServerOptions options, const Router& router,
                                              std::function<void(const Access&)> on_access);
  ~Server();

  void start();  // returns at once
  // Stops accepting, ends event streams, lets requests in hand finish for up to `grace`, then
  // closes everything. Returns when no handler is running any more. Repeated calls do nothing.
  void stop(std::chrono::milliseconds grace);

  int port() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::http
