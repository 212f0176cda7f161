// From method and path to the function that answers.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace sluice::http {

// Called on a pool thread (see RouteOptions::quick); may block; may be called by many at once.
using Handler = std::function<Response(const Request&)>;

// Answers several requests at once, for what costs little more for many than for one, like asking a
// database. Called as a Handler, with those that have come while calls before it were at work; one
// that comes alone waits for nobody. Returns the answers in the order of the requests.
using GroupHandler = std::function<std::vector<Response>(std::span<const Request* const>)>;

// Receives a large body as it arrives, on a pool thread, one call at a time.
class BodySink {
 public:
  // Destroyed without finish(): the client went away or sent the wrong amount; undo.
  virtual ~BodySink() = default;
  virtual Result<> write(std::string_view bytes) = 0;
  // All `content_length` bytes have come.
  virtual Response finish() = 0;
};

// Looks at the head of a request and says where its body goes, or refuses it before it is sent.
struct SinkOrRefusal {
  std::unique_ptr<BodySink> sink;
  Response refusal;  // when there is no sink
};
using UploadHandler = std::function<SinkOrRefusal(const Request&)>;

struct RouteOptions {
  std::size_t max_body_bytes = 64 * 1024;
  // Answers in microseconds without blocking on a database: runs on the I/O thread itself.
  bool quick = false;
};

// Patterns are literal segments, ":name" for one segment, and a last "*name" for the rest of the
// path, which may be empty. Literal beats ":name" beats "*name", from left to right. HEAD goes to
// GET. Unknown path: 404; known path with another method: 405 with Allow.
//
// Params are percent-decoded strictly, and a decoded component never holds '/', NUL or invalid
// UTF-8 and is never "." or ".."; in "*name" none but the last is empty either. So a param can't
// climb out of a folder; a path that tries is refused with 400 (invalid_path).
//
// Set up before the server starts; matching is thread-safe.
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  void add(std::string_view method, std::string_view pattern, Handler handler,
           RouteOptions options = {});
  void add_group(std::string_view method, std::string_view pattern, GroupHandler handler);
  // The body is streamed; it must announce its length (411 otherwise).
  void add_upload(std::string_view method, std::string_view pattern, UploadHandler handler);

  // Answers GET and HEAD for every path that no pattern fits, with the param "path" as of "/*path".
  void add_fallback(Handler handler, RouteOptions options = {});

  struct Match {
    const Handler* handler = nullptr;
    const GroupHandler* group = nullptr;
    const UploadHandler* upload = nullptr;
    RouteOptions options;
    std::string_view pattern;  // for metrics: "/api/videos/:id"; lives as long as the router
    Fields params;
    Response refusal;  // 404, 405 or 400 when no handler is set
  };
  Match match(std::string_view method, std::string_view path) const;

 private:
  struct Route;
  void insert(std::string_view pattern, Route route);
  static void choose(const Route& route, std::string_view path, Match& match);
  Response refusal(std::string_view path) const;

  std::vector<std::unique_ptr<Route>> routes_;  // the more specific pattern first
  std::unique_ptr<Route> fallback_;
};

}  // namespace sluice::http
