#include <charconv>

#include "base/encoding.h"
#include "catalog/fold_case.h"
#include "catalog/sql_catalog.h"
#include "catalog/sql_video_rows.h"

namespace sluice {
namespace {

constexpr int kMaxLimit = 100;
constexpr std::size_t kMaxSearchBytes = 1000;

// Where the page before ended.
struct Cursor {
  Timestamp created_at{};
  VideoId id;
};

std::string to_text(const Cursor& cursor) {
  return to_base64url(std::to_string(to_unix_ms(cursor.created_at)) + ":" + cursor.id.str());
}

std::optional<Cursor> parse_cursor(std::string_view text) {
  const auto decoded = from_base64url(text);
  if (!decoded) return std::nullopt;
  const auto colon = decoded->find(':');
  if (colon == std::string::npos) return std::nullopt;
  std::int64_t ms = 0;
  const auto* end = decoded->data() + colon;
  const auto read = std::from_chars(decoded->data(), end, ms);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  if (!is_text(*decoded)) return std::nullopt;
  return Cursor{from_unix_ms(ms), VideoId(decoded->substr(colon + 1))};
}

// A LIKE pattern that finds `text` anywhere, with nothing in it special.
std::string pattern_of(std::string_view text) {
  std::string pattern = "%";
  for (const char letter : fold_case(text)) {
    if (letter == '%' || letter == '_' || letter == '!') pattern.push_back('!');
    pattern.push_back(letter);
  }
  return pattern + "%";
}

}  // namespace

Result<VideoPage> SqlCatalog::list_videos(const VideoQuery& query) {
  std::string where = query.owner ? "WHERE user_id = :owner"
                                  : "WHERE status = 'complete' AND visibility = 'public'";
  std::vector<SqlParam> params;
  if (query.owner) params.push_back({"owner", *query.owner});
  if (!query.cursor.empty()) {
    const auto cursor = parse_cursor(query.cursor);
    if (!cursor) {
      return fail(ErrorKind::invalid, "invalid_cursor", "The cursor is not one of this list.");
    }
    where += " AND (created_at, id) < (:created_at, :id)";
    params.push_back({"created_at", cursor->created_at});
    params.push_back({"id", cursor->id});
  }
  if (query.title_contains.size() > kMaxSearchBytes) {
    return fail(ErrorKind::invalid, "search_too_long", "The text to search for is too long.");
  }
  if (!query.title_contains.empty()) {
    where += " AND title_folded LIKE :pattern ESCAPE '!'";
    params.push_back({"pattern", pattern_of(query.title_contains)});
  }
  const auto limit = static_cast<std::size_t>(std::clamp(query.limit, 1, kMaxLimit));
  where += " ORDER BY created_at DESC, id DESC LIMIT :limit";
  params.push_back({"limit", static_cast<std::int64_t>(limit) + 1});  // one more: is there a next?

  const auto plan = query.title_contains.empty() ? SqlPlan::kept : SqlPlan::for_values;
  return database_->read([&](SqlSession& sql) -> Result<VideoPage> {
    VideoPage page{select_videos(sql, where, params, plan), std::nullopt};
    if (page.videos.size() > limit) {
      page.videos.resize(limit);
      page.next_cursor = to_text({page.videos.back().created_at, page.videos.back().id});
    }
    return page;
  });
}

}  // namespace sluice
