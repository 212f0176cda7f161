#include "library/requests.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "video/title.h"

namespace sluice {
namespace {

constexpr int kMostPerPage = 100;
constexpr std::size_t kLongestSearch = 200;
constexpr std::size_t kLongestLanguage = 35;
constexpr std::size_t kLongestLabel = 100;

Result<int> read_limit(std::string_view text) {
  int limit = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (fault != std::errc() || end != text.data() + text.size() || limit < 1 ||
      limit > kMostPerPage) {
    return fail(ErrorKind::invalid, "invalid_limit", "limit is a number from 1 to 100.");
  }
  return limit;
}

// As BCP 47 (RFC 5646) shapes it: a language of two or three letters and subtags behind it.
bool is_language_tag(std::string_view text) {
  const auto is_letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  const auto first = text.substr(0, text.find('-'));
  if (first.size() < 2 || first.size() > 3 || !std::ranges::all_of(first, is_letter)) return false;
  if (text.size() > kLongestLanguage) return false;
  for (text.remove_prefix(first.size()); !text.empty();) {
    text.remove_prefix(1);
    const auto subtag = text.substr(0, text.find('-'));
    const bool formed = std::ranges::all_of(
        subtag, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
    if (subtag.empty() || subtag.size() > 8 || !formed) return false;
    text.remove_prefix(subtag.size());
  }
  return true;
}

Result<bool> read_flag(const http::Request& request, std::string_view name) {
  const auto value = request.query_value(name);
  if (value == "true") return true;
  if (value.empty() || value == "false") return false;
  return fail(ErrorKind::invalid, "invalid_flag", "forced and default are true or false.");
}

Result<std::string> read_label(std::string_view text) {
  if (text.empty()) return std::string();
  auto label = check_title(text);
  if (label && label->size() <= kLongestLabel) return label;
  return fail(ErrorKind::invalid, "invalid_label",
              "label is a name of at most 100 bytes, without control characters.");
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

Result<TextTrack> read_new_track(const http::Request& request) {
  TextTrack track;
  track.language = request.query_value("language");
  if (!is_language_tag(track.language)) {
    return fail(ErrorKind::invalid, "invalid_language",
                "language is a language tag such as en or pt-BR; und where it isn't known.");
  }
  if (track.language == "und") track.language.clear();
  SLUICE_TRY_ASSIGN(track.label, read_label(request.query_value("label")));
  if (const auto text = request.query_value("kind"); !text.empty()) {
    const auto kind = parse_text_kind(text);
    if (!kind) {
      return fail(ErrorKind::invalid, "invalid_kind", "kind is subtitles or captions.");
    }
    track.kind = *kind;
  }
  SLUICE_TRY_ASSIGN(track.forced, read_flag(request, "forced"));
  SLUICE_TRY_ASSIGN(track.is_default, read_flag(request, "default"));
  return track;
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
