#include "catalog/sql_video_rows.h"

#include <fmt/format.h>

#include "catalog/fold_case.h"
#include "catalog/sql_webhook_events.h"

namespace sluice {
namespace {

constexpr std::string_view kColumns =
    "id, user_id, title, original_filename, status, visibility, created_at, updated_at, "
    "size_bytes, duration_seconds, width, height, frame_rate_num, frame_rate_den, playable, "
    "work_done, work_total, started_at, error_code, error_message, poster, source, notes";

Video to_video(
    std::tuple<VideoId, UserId, std::string, std::string, std::string, std::string, Timestamp,
               Timestamp, std::int64_t, std::optional<double>, std::optional<int>,
               std::optional<int>, std::optional<std::int64_t>, std::optional<std::int64_t>, bool,
               double, double, std::optional<Timestamp>, std::optional<std::string>,
               std::optional<std::string>, std::optional<std::string>, std::optional<std::string>,
               std::optional<std::string>>
        row) {
  Video video;
  std::string status, visibility;
  std::optional<double> duration;
  std::optional<int> width, height;
  std::optional<std::int64_t> rate_num, rate_den;
  std::optional<std::string> error_code, error_message, poster, source, notes;
  std::tie(video.id, video.user_id, video.title, video.original_filename, status, visibility,
           video.created_at, video.updated_at, video.size_bytes, duration, width, height, rate_num,
           rate_den, video.playable, video.work_done, video.work_total, video.started_at,
           error_code, error_message, poster, source, notes) = std::move(row);
  video.status = parse_video_status(status).value();
  video.visibility = parse_visibility(visibility).value();
  if (duration) {
    video.facts = PictureFacts{*duration, width.value_or(0), height.value_or(0),
                               Rational::of(rate_num.value_or(0), rate_den.value_or(1))};
  }
  if (error_code) video.error = VideoError{*error_code, error_message.value_or("")};
  video.poster = poster.value_or("");
  video.source_json = source.value_or("");
  if (notes) video.notes = notes_from_json(*notes);
  return video;
}

// What `read` says of a part of the video that may be missing, as a parameter.
template <class Part, class Read>
auto field(const std::optional<Part>& part, Read read) {
  return part ? std::optional(read(*part)) : std::nullopt;
}

}  // namespace

tl::unexpected<Error> video_not_found() {
  return fail(ErrorKind::not_found, "video_not_found", "There is no such video.");
}

void insert_video(SqlSession& sql, const Video& video) {
  sql.run(
      "INSERT INTO videos (id, user_id, title, title_folded, original_filename, status, visibility,"
      " created_at, updated_at, size_bytes, playable, work_done, work_total) "
      "VALUES (:id, :user_id, :title, :title_folded, :original_filename, 'pending', :visibility,"
      " :created_at, :created_at, :size_bytes, 0, 0, 0)",
      {{"id", video.id},
       {"user_id", video.user_id},
       {"title", video.title},
       {"title_folded", fold_case(video.title)},
       {"original_filename", video.original_filename},
       {"visibility", to_string(video.visibility)},
       {"created_at", video.created_at},
       {"size_bytes", video.size_bytes}});
}

std::vector<Video> select_videos(SqlSession& sql, std::string_view where,
                                 const std::vector<SqlParam>& params, SqlPlan plan) {
  const auto rows =
      sql.rows<VideoId, UserId, std::string, std::string, std::string, std::string, Timestamp,
               Timestamp, std::int64_t, std::optional<double>, std::optional<int>,
               std::optional<int>, std::optional<std::int64_t>, std::optional<std::int64_t>, bool,
               double, double, std::optional<Timestamp>, std::optional<std::string>,
               std::optional<std::string>, std::optional<std::string>, std::optional<std::string>,
               std::optional<std::string>>(fmt::format("SELECT {} FROM videos {}", kColumns, where),
                                           params, plan);
  std::vector<Video> videos;
  videos.reserve(rows.size());
  for (const auto& row : rows) videos.push_back(to_video(row));
  return videos;
}

std::optional<Video> find_video_row(SqlSession& sql, const VideoId& id) {
  auto found = select_videos(sql, "WHERE id = :id", {{"id", id}});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::optional<Video> lock_video_row(SqlSession& sql, const VideoId& id) {
  auto found =
      select_videos(sql, fmt::format("WHERE id = :id{}", sql.dialect().lock_rows), {{"id", id}});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<Video> store_move(SqlSession& sql, const Video& before, Result<Video> after) {
  if (!after || after->updated_at == before.updated_at) return after;
  const auto& facts = after->facts;
  const auto& error = after->error;
  const auto changed = sql.run(
      "UPDATE videos SET status = :status, playable = :playable, work_done = :work_done,"
      " work_total = :work_total, started_at = :started_at, error_code = :error_code,"
      " error_message = :error_message, size_bytes = :size_bytes, duration_seconds = :duration,"
      " width = :width, height = :height, frame_rate_num = :rate_num, frame_rate_den = :rate_den,"
      " updated_at = :updated_at "
      "WHERE id = :id AND status = :expected",
      {{"status", to_string(after->status)},
       {"playable", after->playable},
       {"work_done", after->work_done},
       {"work_total", after->work_total},
       {"started_at", after->started_at},
       {"error_code", field(error, [](const auto& e) { return e.code; })},
       {"error_message", field(error, [](const auto& e) { return e.message; })},
       {"size_bytes", after->size_bytes},
       {"duration", field(facts, [](const auto& f) { return f.duration_seconds; })},
       {"width", field(facts, [](const auto& f) { return f.width; })},
       {"height", field(facts, [](const auto& f) { return f.height; })},
       {"rate_num", field(facts, [](const auto& f) { return f.frame_rate.num; })},
       {"rate_den", field(facts, [](const auto& f) { return f.frame_rate.den; })},
       {"updated_at", after->updated_at},
       {"id", before.id},
       {"expected", to_string(before.status)}});
  if (changed != 1) {
    return fail(ErrorKind::conflict, "wrong_status", "The video has changed in the meantime.");
  }
  tell_webhooks(sql, before, *after);
  return after;
}

}  // namespace sluice
