#include "catalog/sql_text_tracks.h"

#include "catalog/sql_catalog.h"
#include "catalog/sql_video_rows.h"
#include "video/state.h"

namespace sluice {

std::int64_t insert_text_track(SqlSession& sql, const VideoId& video, const TextTrack& track,
                               Timestamp now) {
  return sql.run(
      "INSERT INTO text_tracks (video_id, name, kind, language, label, forced, is_default,"
      " from_source, segment_seconds, size_bytes, added_at) "
      "VALUES (:video_id, :name, :kind, :language, :label, :forced, :is_default, :from_source,"
      " :segment_seconds, :size_bytes, :now) ON CONFLICT (video_id, name) DO NOTHING",
      {{"video_id", video},
       {"name", track.name},
       {"kind", to_string(track.kind)},
       {"language", track.language},
       {"label", track.label},
       {"forced", track.forced ? 1 : 0},
       {"is_default", track.is_default ? 1 : 0},
       {"from_source", track.from_source ? 1 : 0},
       {"segment_seconds", track.segment_seconds},
       {"size_bytes", track.size_bytes},
       {"now", now}});
}

void touch_video(SqlSession& sql, const Video& video, Timestamp now) {
  sql.run("UPDATE videos SET updated_at = :updated_at WHERE id = :id",
          {{"updated_at", touched(video, now).updated_at}, {"id", video.id}});
}

Result<std::vector<TextTrack>> SqlCatalog::text_tracks(const VideoId& video) {
  return database_->read([&](SqlSession& sql) -> Result<std::vector<TextTrack>> {
    std::vector<TextTrack> tracks;
    for (auto& row : sql.rows<std::string, std::string, std::string, std::string, bool, bool, bool,
                              int, std::int64_t>(
             "SELECT name, kind, language, label, forced, is_default, from_source, segment_seconds,"
             " size_bytes FROM text_tracks WHERE video_id = :video_id "
             "ORDER BY from_source DESC, added_at, LENGTH(name), name",
             {{"video_id", video}})) {
      TextTrack track;
      std::string kind;
      std::tie(track.name, kind, track.language, track.label, track.forced, track.is_default,
               track.from_source, track.segment_seconds, track.size_bytes) = std::move(row);
      track.kind = parse_text_kind(kind).value();
      tracks.push_back(std::move(track));
    }
    return tracks;
  });
}

Result<> SqlCatalog::add_text_track(const VideoId& video, const TextTrack& track, Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    const auto locked = lock_video_row(sql, video);
    if (!locked) return video_not_found();
    const auto count = sql.value<std::int64_t>(
        "SELECT COUNT(*) FROM text_tracks WHERE video_id = :video_id", {{"video_id", video}});
    if (count >= kMaxTextTracks) {
      return fail(ErrorKind::conflict, "too_many_tracks",
                  "The video has as many subtitle tracks as it can have; remove one first.");
    }
    if (track.is_default) {
      sql.run("UPDATE text_tracks SET is_default = 0 WHERE video_id = :video_id",
              {{"video_id", video}});
    }
    if (insert_text_track(sql, video, track, now) == 0) {
      return fail(ErrorKind::conflict, "track_exists", "The video has a track of this name.");
    }
    touch_video(sql, *locked, now);
    return {};
  });
}

Result<> SqlCatalog::remove_text_track(const VideoId& video, std::string_view name, Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    const auto locked = lock_video_row(sql, video);
    if (!locked) return video_not_found();
    const auto removed =
        sql.run("DELETE FROM text_tracks WHERE video_id = :video_id AND name = :name",
                {{"video_id", video}, {"name", name}});
    if (removed == 0) {
      return fail(ErrorKind::not_found, "track_not_found", "The video has no such track.");
    }
    touch_video(sql, *locked, now);
    return {};
  });
}

}  // namespace sluice
