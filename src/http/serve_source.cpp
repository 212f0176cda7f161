#include <fmt/format.h>

#include "http/byte_range.h"
#include "http/message.h"

namespace sluice::http {
namespace {

std::string quoted(std::string_view etag) {
  if (etag.starts_with('"')) return std::string(etag);
  return fmt::format("\"{}\"", etag);
}

// Weak comparison (RFC 9110 section 8.8.3.2) with each entity tag of a list.
bool any_matches(std::string_view list, std::string_view etag) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    auto tag = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (tag.starts_with(' ')) tag.remove_prefix(1);
    while (tag.ends_with(' ')) tag.remove_suffix(1);
    if (tag == "*") return true;
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag) return true;
  }
  return false;
}

ByteRange wanted_range(const Request& request, std::string_view etag, std::int64_t size_bytes) {
  const auto range = request.header("range");
  if (range.empty() || request.method != "GET") return {};
  // A date never equals a tag, so If-Range with a date gives the whole, which is always right.
  const auto condition = request.header("if-range");
  if (!condition.empty() && condition != etag) return {};
  return read_byte_range(range, size_bytes);
}

void describe(Response& response, std::string etag, std::string_view cache_control) {
  response.set("ETag", std::move(etag));
  response.headers.emplace_back("Cache-Control", cache_control);
  response.headers.emplace_back("Accept-Ranges", "bytes");
}

Response unsatisfiable(std::int64_t size_bytes) {
  Response response =
      Response::problem(416, "range_not_satisfiable", "The range lies behind the end.");
  response.set("Content-Range", fmt::format("bytes */{}", size_bytes));
  response.set("Accept-Ranges", "bytes");
  return response;
}

}  // namespace

Response serve_source(const Request& request, std::shared_ptr<const ByteSource> source,
                      std::string_view etag, std::string_view content_type,
                      std::string_view cache_control) {
  const auto tag = quoted(etag);
  Response response;
  response.headers.reserve(8);
  if (any_matches(request.header("if-none-match"), tag)) {
    response.status = 304;
    describe(response, tag, cache_control);
    return response;
  }

  const auto size = source->size_bytes();
  const auto range = wanted_range(request, tag, size);
  if (range.kind == ByteRange::Kind::unsatisfiable) return unsatisfiable(size);
  response.headers.emplace_back("Content-Type", content_type);
  describe(response, tag, cache_control);
  if (range.kind == ByteRange::Kind::whole) {
    response.body = SourceBody{std::move(source), 0, size};
    return response;
  }
  response.status = 206;
  response.set("Content-Range",
               fmt::format("bytes {}-{}/{}", range.offset, range.offset + range.length - 1, size));
  response.body = SourceBody{std::move(source), range.offset, range.length};
  return response;
}

}  // namespace sluice::http
