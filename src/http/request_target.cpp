#include "http/request_target.h"

#include <algorithm>
#include <optional>

#include "base/encoding.h"

namespace sluice::http {
namespace {

// "http://host/path" becomes "/path".
std::string_view without_authority(std::string_view target) {
  const auto scheme_end = target.find("://");
  if (target.starts_with('/') || scheme_end == std::string_view::npos) return target;
  target.remove_prefix(scheme_end + 3);
  const auto path = target.find_first_of("/?");
  return path == std::string_view::npos ? std::string_view{"/"} : target.substr(path);
}

std::optional<std::string> decode_form(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  auto decoded = percent_decode(spaced);
  if (!decoded || !is_text(*decoded)) return std::nullopt;
  return decoded;
}

bool read_query(std::string_view text, Fields& query) {
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto name = decode_form(pair.substr(0, equals));
    const auto value = decode_form(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return false;
    query.add(*name, *value);
  }
  return true;
}

}  // namespace

Result<> read_target(std::string_view target, Request& request) {
  target = without_authority(target);
  const auto query_start = std::min(target.find('?'), target.size());
  const auto path = target.substr(0, query_start);
  request.path.assign(path);
  request.query.clear();
  if (target != "*" && (!path.starts_with('/') || target.find('#') != std::string_view::npos)) {
    return fail(ErrorKind::invalid, "invalid_target", "The target of the request is malformed.");
  }
  if (query_start == target.size()) return {};
  if (!read_query(target.substr(query_start + 1), request.query)) {
    return fail(ErrorKind::invalid, "invalid_query", "The query of the request is malformed.");
  }
  return {};
}

}  // namespace sluice::http
