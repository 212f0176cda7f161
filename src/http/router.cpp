#include "http/router.h"

#include <algorithm>
#include <cassert>
#include <optional>

#include "base/encoding.h"

namespace sluice::http {
namespace {

enum class Kind { literal, name, rest };  // in order of precedence

struct Segment {
  Kind kind = Kind::literal;
  std::string text;  // the literal, or the name of the param
};

// Takes the first segment off `path`, which starts with '/'.
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

std::vector<Segment> segments_of(std::string_view pattern) {
  assert(pattern.starts_with('/'));
  std::vector<Segment> segments;
  while (!pattern.empty()) {
    const auto text = next_segment(pattern);
    const Kind kind = text.starts_with(':')   ? Kind::name
                      : text.starts_with('*') ? Kind::rest
                                              : Kind::literal;
    segments.push_back({kind, std::string(text.substr(kind == Kind::literal ? 0 : 1))});
  }
  return segments;
}

std::optional<std::string> decode_component(std::string_view raw) {
  auto decoded = percent_decode(raw);
  if (!decoded || !is_text(*decoded)) return std::nullopt;
  if (*decoded == "." || *decoded == ".." || decoded->find('/') != std::string::npos) {
    return std::nullopt;
  }
  return decoded;
}

std::optional<std::string> decode_rest(std::string_view raw) {  // starts with '/'
  std::string decoded;
  while (!raw.empty()) {
    const auto component = decode_component(next_segment(raw));
    // Behind an empty component the rest could pass for an absolute path.
    if (!component || (component->empty() && !raw.empty())) return std::nullopt;
    decoded += *component;
    if (!raw.empty()) decoded += '/';
  }
  return decoded;
}

bool serves(std::string_view route_method, std::string_view method) {
  return route_method == method || (method == "HEAD" && route_method == "GET");
}

Response invalid_path() {
  return Response::problem(400, "invalid_path", "The path of the request is malformed.");
}

}  // namespace

struct Router::Route {
  std::string method;
  std::string pattern;
  std::vector<Segment> segments;
  Handler handler;
  GroupHandler group;
  UploadHandler upload;
  RouteOptions options;

  bool fits(std::string_view path) const {
    for (const auto& segment : segments) {
      if (path.empty()) return false;
      if (segment.kind == Kind::rest) return true;
      const auto text = next_segment(path);
      if (segment.kind == Kind::literal ? text != segment.text : text.empty()) return false;
    }
    return path.empty();
  }

  // False when a param of a path that fits is malformed.
  bool read_params(std::string_view path, Fields& params) const {
    for (const auto& segment : segments) {
      if (segment.kind == Kind::rest) {
        const auto value = decode_rest(path);
        if (value) params.add(segment.text, *value);
        return value.has_value();
      }
      const auto text = next_segment(path);
      if (segment.kind == Kind::literal) continue;
      const auto value = decode_component(text);
      if (!value) return false;
      params.add(segment.text, *value);
    }
    return true;
  }
};

Router::Router() = default;
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(std::string_view method, std::string_view pattern, Handler handler,
                 RouteOptions options) {
  insert(pattern, {std::string(method), {}, {}, std::move(handler), {}, {}, options});
}

void Router::add_group(std::string_view method, std::string_view pattern, GroupHandler handler) {
  insert(pattern, {std::string(method), {}, {}, {}, std::move(handler), {}, {}});
}

void Router::add_upload(std::string_view method, std::string_view pattern, UploadHandler handler) {
  insert(pattern, {std::string(method), {}, {}, {}, {}, std::move(handler), {}});
}

void Router::add_fallback(Handler handler, RouteOptions options) {
  constexpr std::string_view kPattern = "/*path";
  fallback_ = std::make_unique<Route>(Route{
      "GET", std::string(kPattern), segments_of(kPattern), std::move(handler), {}, {}, options});
}

void Router::insert(std::string_view pattern, Route route) {
  route.pattern = pattern;
  route.segments = segments_of(pattern);
  const auto behind = std::ranges::upper_bound(
      routes_, route.segments,
      [](const auto& a, const auto& b) {
        return std::ranges::lexicographical_compare(a, b, {}, &Segment::kind, &Segment::kind);
      },
      [](const auto& other) -> const auto& { return other->segments; });
  routes_.insert(behind, std::make_unique<Route>(std::move(route)));
}

void Router::choose(const Route& route, std::string_view path, Match& match) {
  match.pattern = route.pattern;
  match.options = route.options;
  if (!route.read_params(path, match.params)) {
    match.refusal = invalid_path();
  } else if (route.handler) {
    match.handler = &route.handler;
  } else if (route.group) {
    match.group = &route.group;
  } else {
    match.upload = &route.upload;
  }
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) {
    match.refusal = invalid_path();
    return match;
  }
  for (const auto& route : routes_) {
    if (!serves(route->method, method) || !route->fits(path)) continue;
    choose(*route, path, match);
    return match;
  }
  auto refused = refusal(path);
  if (refused.status == 404 && fallback_ && serves(fallback_->method, method)) {
    choose(*fallback_, path, match);
  } else {
    match.refusal = std::move(refused);
  }
  return match;
}

Response Router::refusal(std::string_view path) const {
  std::string allowed;
  const auto allow = [&](std::string_view method) {
    if (allowed.find(method) != std::string::npos) return;
    if (!allowed.empty()) allowed += ", ";
    allowed += method;
  };
  for (const auto& route : routes_) {
    if (!route->fits(path)) continue;
    allow(route->method);
    if (route->method == "GET") allow("HEAD");
  }
  if (allowed.empty()) return Response::problem(404, "not_found", "There is nothing at this path.");
  return Response::problem(405, "method_not_allowed", "This path does not take this method.")
      .set("Allow", allowed);
}

}  // namespace sluice::http
