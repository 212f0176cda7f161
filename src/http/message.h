// Requests and responses as handlers see them: plain values, no Beast, no coroutines.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/byte_source.h"
#include "base/result.h"
#include "http/fields.h"

namespace sluice::http {

struct Request {
  std::string method;
  std::string path;  // without query, not decoded
  Fields query;      // decoded; the first of a name wins
  Fields headers;    // names in lower case
  Fields params;     // ":id" of the route, decoded
  std::string body;
  std::int64_t content_length = -1;  // as announced; -1 for none
  std::string remote_address;
  std::string id;  // of this request, for logs and error bodies

  // Empty when there is none.
  std::string_view header(std::string_view lower_case_name) const;
  std::string_view query_value(std::string_view name) const;
  std::string_view param(std::string_view name) const;
  std::string_view cookie(std::string_view name) const;
};

// A range of stored bytes, streamed by the server; by sendfile when it has a descriptor.
struct SourceBody {
  std::shared_ptr<const ByteSource> source;
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

// Server-Sent Events. The server calls poll() every `interval` on a pool thread, sends what it
// returns, and ends the response after `last`.
struct EventFeed {
  struct Poll {
    std::string text;  // complete events, "event: …\ndata: …\n\n", or empty
    bool last = false;
  };
  std::function<Poll()> poll;
  std::chrono::milliseconds interval{500};
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::variant<std::string, SourceBody, EventFeed> body;

  Response& set(std::string name, std::string value);  // appends

  static Response json(int status, const nlohmann::json& value);
  static Response text(int status, std::string_view content_type, std::string body);
  static Response empty(int status);
  // application/problem+json (RFC 9457): {type, title, status, detail, code}. The one table from
  // ErrorKind to status is here; `denied` with the code unauthenticated is 401.
  static Response problem(const Error& error);
  static Response problem(int status, std::string_view code, std::string_view detail);
};

int status_of(ErrorKind kind);
std::string_view reason_phrase(int status);

// Answers a GET or HEAD for a stored object: ETag, Last-Modified-free conditional requests
// (If-None-Match, If-Range), single byte ranges (RFC 9110), 416, content type, `cache_control`.
Response serve_source(const Request& request, std::shared_ptr<const ByteSource> source,
                      std::string_view etag, std::string_view content_type,
                      std::string_view cache_control);

// The body as a JSON object, or `invalid`: invalid_json, unsupported_media_type.
Result<nlohmann::json> json_body(const Request& request);

}  // namespace sluice::http
