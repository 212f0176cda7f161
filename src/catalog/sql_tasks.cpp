#include "catalog/sql_catalog.h"
#include "catalog/sql_task_moves.h"
#include "catalog/sql_text_tracks.h"
#include "catalog/sql_video_rows.h"
#include "video/state.h"

namespace sluice {
namespace {

tl::unexpected<Error> wrong_kind() {
  return fail(ErrorKind::conflict, "wrong_task_kind", "This is not how such a task is finished.");
}

// Returns the work of those that were new.
struct Recorded {
  std::int64_t segments = 0;
  double work = 0;
};

Recorded insert_segments(SqlSession& sql, const VideoId& video,
                         const std::vector<StoredSegment>& segments) {
  Recorded recorded;
  for (const auto& segment : segments) {
    const auto inserted = sql.run(
        "INSERT INTO segments (video_id, track, segment_index, start_ticks, duration_ticks,"
        " size_bytes, work, sample_count, first_sample_end_bytes) "
        "VALUES (:video_id, :track, :segment_index, :start_ticks, :duration_ticks, :size_bytes,"
        " :work, :sample_count, :first_sample_end_bytes)"
        " ON CONFLICT (video_id, track, segment_index) DO NOTHING",
        {{"video_id", video},
         {"track", segment.track},
         {"segment_index", segment.index},
         {"start_ticks", segment.start_ticks},
         {"duration_ticks", segment.duration_ticks},
         {"size_bytes", segment.size_bytes},
         {"work", segment.work},
         {"sample_count", segment.sample_count},
         {"first_sample_end_bytes", segment.first_sample_end_bytes}});
    recorded.segments += inserted;
    if (inserted > 0) recorded.work += segment.work;
  }
  return recorded;
}

void insert_opening_tracks(SqlSession& sql, const VideoId& video, std::string_view kind,
                           const std::vector<std::string>& tracks) {
  for (const auto& track : tracks) {
    sql.run("INSERT INTO opening_tracks (video_id, track, kind) VALUES (:video_id, :track, :kind)",
            {{"video_id", video}, {"track", track}, {"kind", kind}});
  }
}

Result<Claim> take(SqlSession& sql, const LockedTask& locked, const Taking& taking) {
  if (take_task(sql, locked.row, taking) != 1) return lease_lost();
  SLUICE_TRY(store_move(sql, locked.video, start_processing(locked.video, taking.now)));
  Claim claim{locked.row.task, locked.row.fence + 1, taking.lease_until};
  claim.task.state = TaskState::running;
  return claim;
}

}  // namespace

Result<Tasks::ClaimResult> SqlCatalog::claim(const TaskId& task, std::string_view worker,
                                             Timestamp now, std::chrono::milliseconds lease) {
  return database_->write([&](SqlSession& sql) -> Result<ClaimResult> {
    auto locked = lock_task(sql, task);
    if (locked && locked->row.task.state == TaskState::running) {
      if (locked->row.lease_until > now) return ClaimResult{std::nullopt, locked->row.lease_until};
      SLUICE_TRY(lose_task(sql, *locked, now));
      locked = lock_task(sql, task);
    }
    if (!locked || locked->row.task.state != TaskState::waiting) return ClaimResult{};
    SLUICE_TRY_ASSIGN(auto claim, take(sql, *locked, {worker, now + lease, now}));
    return ClaimResult{std::move(claim), std::nullopt};
  });
}

Result<Claim> SqlCatalog::extend_lease(const Claim& claim, Timestamp now,
                                       std::chrono::milliseconds lease) {
  return database_->write([&](SqlSession& sql) -> Result<Claim> {
    auto extended = claim;
    extended.lease_until = now + lease;
    if (extend_task(sql, claim, extended.lease_until) != 1) return lease_lost();
    return extended;
  });
}

Result<> SqlCatalog::record_segments(const Claim& claim, const std::vector<StoredSegment>& segments,
                                     Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    SLUICE_TRY_ASSIGN(const auto locked, lock_claimed(sql, claim));
    const auto& video = locked.video;
    const auto recorded = insert_segments(sql, video.id, segments);
    if (recorded.segments == 0) return {};
    const bool playable = video.playable || opening_is_stored(sql, video.id);
    SLUICE_TRY(store_move(sql, video, add_progress(video, recorded.work, playable, now)));
    return {};
  });
}

Result<> SqlCatalog::record_poster(const Claim& claim, const PosterCandidate& candidate,
                                   Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    SLUICE_TRY_ASSIGN(const auto locked, lock_claimed(sql, claim));
    sql.run(
        "UPDATE videos SET poster = :name, poster_rank = :rank, updated_at = :updated_at "
        "WHERE id = :id AND (poster IS NULL OR poster_rank < :rank"
        " OR (poster_rank = :rank AND poster > :name))",
        {{"name", candidate.name},
         {"rank", candidate.rank},
         {"updated_at", touched(locked.video, now).updated_at},
         {"id", locked.video.id}});
    return {};
  });
}

Result<> SqlCatalog::record_notes(const Claim& claim, const std::vector<Note>& notes,
                                  Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    SLUICE_TRY_ASSIGN(const auto locked, lock_claimed(sql, claim));
    const auto& video = locked.video;
    const auto all = with_notes(video.notes, notes);
    if (all == video.notes) return {};
    sql.run("UPDATE videos SET notes = :notes, updated_at = :updated_at WHERE id = :id",
            {{"notes", to_json(all)},
             {"updated_at", touched(video, now).updated_at},
             {"id", video.id}});
    return {};
  });
}

Result<> SqlCatalog::record_loudness(const Claim& claim, const LoudnessPart& part, Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    SLUICE_TRY_ASSIGN(const auto locked, lock_claimed(sql, claim));
    const auto& video = locked.video;
    sql.run("INSERT INTO loudness_parts (video_id, track, first_chunk, part)"
            " VALUES (:video_id, :track, :first_chunk, :part)"
            " ON CONFLICT (video_id, track, first_chunk) DO UPDATE SET part = excluded.part",
            {{"video_id", video.id},
             {"track", part.track},
             {"first_chunk", part.first_chunk},
             {"part", to_json(part)}});
    std::vector<LoudnessPart> parts;
    for (const auto& [text] : sql.rows<std::string>(
             "SELECT part FROM loudness_parts WHERE video_id = :video_id AND track = :track",
             {{"video_id", video.id}, {"track", part.track}})) {
      SLUICE_TRY_ASSIGN(auto one, loudness_part_from_json(text));
      parts.push_back(std::move(one));
    }
    const auto source = with_loudness(video.source_json, part.track, integrate(parts));
    if (source == video.source_json) return {};
    sql.run("UPDATE videos SET source = :source, updated_at = :updated_at WHERE id = :id",
            {{"source", source}, {"updated_at", touched(video, now).updated_at}, {"id", video.id}});
    return {};
  });
}

Result<> SqlCatalog::finish_prepare(const Claim& claim, const Prepared& prepared, Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    SLUICE_TRY_ASSIGN(const auto locked, lock_claimed(sql, claim));
    if (locked.row.task.spec.kind != TaskKind::prepare) return wrong_kind();
    const auto& video = locked.video;
    end_task(sql, claim.task.id, TaskState::done, now);
    SLUICE_TRY(store_move(sql, video, add_plan(video, prepared.facts, prepared.work_total, now)));
    sql.run("INSERT INTO plans (video_id, plan_json) VALUES (:video_id, :plan_json)",
            {{"video_id", video.id}, {"plan_json", prepared.plan_json}});
    sql.run("UPDATE videos SET source = :source, notes = :notes WHERE id = :id",
            {{"source", prepared.source_json},
             {"notes", to_json(with_notes(video.notes, prepared.notes))},
             {"id", video.id}});
    insert_opening_tracks(sql, video.id, "video", prepared.video_tracks);
    insert_opening_tracks(sql, video.id, "audio", prepared.audio_tracks);
    for (const auto& spec : prepared.tasks) insert_task(sql, video.id, spec, now);
    finish_if_last(sql, video.id, now);
    return {};
  });
}

Result<> SqlCatalog::finish_text(const Claim& claim, const std::vector<TextTrack>& tracks,
                                 Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    SLUICE_TRY_ASSIGN(const auto locked, lock_claimed(sql, claim));
    if (locked.row.task.spec.kind != TaskKind::text) return wrong_kind();
    end_task(sql, claim.task.id, TaskState::done, now);
    for (const auto& track : tracks) insert_text_track(sql, locked.video.id, track, now);
    if (!tracks.empty()) touch_video(sql, locked.video, now);
    finish_if_last(sql, locked.video.id, now);
    return {};
  });
}

Result<> SqlCatalog::finish_task(const Claim& claim, Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    SLUICE_TRY_ASSIGN(const auto locked, lock_claimed(sql, claim));
    const auto kind = locked.row.task.spec.kind;
    if (kind == TaskKind::prepare || kind == TaskKind::text) return wrong_kind();
    end_task(sql, claim.task.id, TaskState::done, now);
    if (kind == TaskKind::finish) {
      SLUICE_TRY(store_move(sql, locked.video, complete_video(locked.video, now)));
    } else {
      finish_if_last(sql, locked.video.id, now);
    }
    return {};
  });
}

Result<bool> SqlCatalog::fail_task(const Claim& claim, const Error& error, Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<bool> {
    SLUICE_TRY_ASSIGN(const auto locked, lock_claimed(sql, claim));
    const bool last_try = locked.row.task.failures + 1 >= kMaxDeliveries;
    if (!error.permanent() && !last_try) {
      return_task(sql, claim.task.id, {.failures = 1}, now);
      return true;
    }
    end_task(sql, claim.task.id, TaskState::failed, now);
    auto why = error.permanent() ? VideoError{error.code, error.message} : processing_failed();
    SLUICE_TRY(fail_whole_video(sql, locked.video, std::move(why), now));
    return false;
  });
}

Result<> SqlCatalog::give_back(const Claim& claim, Timestamp now) {
  return database_->write([&](SqlSession& sql) -> Result<> {
    SLUICE_TRY(lock_claimed(sql, claim));
    return_task(sql, claim.task.id, {}, now);
    return {};
  });
}

}  // namespace sluice
