#include "library/requests.h"

#include <charconv>

#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "video/title.h"

namespace sluice {
namespace {

constexpr int kMostPerPage = 100;
constexpr std::size_t kLongestSearch = 200;

Result<int> read_limit(std::string_view text) {
  int limit = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (fault != std::errc() || end != text.data() + text.size() || limit < 1 ||
      limit > kMostPerPage) {
    return fail(ErrorKind::invalid, "invalid_limit", "limit is a number from 1 to 100.");
  }
  return limit;
}

}  // namespace

Result<VideoQuery> read_video_query(const http::Request& request) {
  VideoQuery query;
  if (const auto limit = request.query_value("limit"); !limit.empty()) {
    SLUICE_TRY_ASSIGN(query.limit, read_limit(limit));
  }
  query.cursor = request.query_value("cursor");
  query.title_contains = request.query_value("q");
  if (!is_text(query.cursor) || !is_text(query.title_contains) ||
      query.title_contains.size() > kLongestSearch) {
    return fail(ErrorKind::invalid, "invalid_query",
                "q and cursor are text, and q has at most 200 bytes.");
  }
  return query;
}

Result<VideoChanges> read_video_changes(const nlohmann::json& body) {
  VideoChanges changes;
  for (const auto& [name, value] : body.items()) {
    if (name == "title") {
      if (!value.is_string()) {
        return fail(ErrorKind::invalid, "invalid_title", "title has to be a string.");
      }
      SLUICE_TRY_ASSIGN(changes.title, check_title(value.get_ref<const std::string&>()));
    } else if (name == "visibility") {
      if (value.is_string())
        changes.visibility = parse_visibility(value.get_ref<const std::string&>());
      if (!changes.visibility) {
        return fail(ErrorKind::invalid, "invalid_visibility",
                    "visibility is public, unlisted or private.");
      }
    } else {
      return fail(ErrorKind::invalid, "unknown_field",
                  "Only title and visibility of a video can be changed.");
    }
  }
  return changes;
}

}  // namespace sluice
