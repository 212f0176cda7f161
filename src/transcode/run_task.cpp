#include "transcode/run_task.h"

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "base/log.h"
#include "media/not_copyable.h"
#include "media/prepare.h"
#include "plan/pass_through.h"
#include "plan/source_json.h"
#include "plan/timeline.h"
#include "transcode/check_output.h"
#include "transcode/outside_error.h"
#include "transcode/segment_recorder.h"
#include "video/object_key.h"

namespace sluice {
namespace {

// An init segment is some hundred bytes.
constexpr std::int64_t kMaxInitBytes = 1 << 20;

Result<Plan> load_plan(Videos& videos, const VideoId& video) {
  SLUICE_TRY_ASSIGN(const auto json, from_outside(videos.find_plan(video)));
  if (!json) return fail(ErrorKind::internal, "plan_missing", "The video has no plan yet.");
  return plan_from_json(*json);
}

Result<std::shared_ptr<const ByteSource>> open_source(ObjectStore& uploads, const VideoId& video) {
  auto source = uploads.open(source_key(video));
  if (!source && source.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::invalid, "source_missing",
                "The uploaded file is no longer there. Please upload it again.");
  }
  return from_outside(std::move(source));
}

Prepared prepared_from(const Plan& plan) {
  Prepared prepared;
  prepared.facts = {plan.timeline.duration_seconds, plan.width, plan.height, plan.frame_rate};
  prepared.source_json = source_json(plan.source);
  prepared.notes = plan.source.notes;
  prepared.plan_json = to_json(plan);
  prepared.work_total = total_work(plan);
  for (const auto& rendition : plan.renditions) prepared.video_tracks.push_back(rendition.name);
  for (const auto& audio : plan.audio) prepared.audio_tracks.push_back(audio.name);
  prepared.tasks = plan_tasks(plan);
  return prepared;
}

Result<TaskRun> run_prepare(const TaskParts& parts, const Claim& claim, int threads,
                            std::stop_token stop) {
  const auto& id = claim.task.video_id;
  SLUICE_TRY_ASSIGN(const auto video, from_outside(parts.videos.find_video(id)));
  SLUICE_TRY_ASSIGN(const auto source, open_source(parts.uploads, id));
  if (source->size_bytes() != video.size_bytes) {
    return fail(ErrorKind::invalid, "size_mismatch",
                "The stored file is not as long as announced. Please upload it again.");
  }
  EngineJob job;
  job.kind = TaskKind::prepare;
  job.policy = parts.policy;
  job.threads = threads;
  const EngineCallbacks callbacks{
      [&](EngineOutput output) {
        return from_outside(parts.media.put(video_prefix(id) + output.name, output.bytes));
      },
      [](double) {}};
  SLUICE_TRY_ASSIGN(const auto result, parts.engine.run(job, *source, callbacks, stop));
  if (!result.plan) return fail(ErrorKind::internal, "no_plan", "The engine made no plan.");
  SLUICE_TRY(from_outside(
      parts.tasks.finish_prepare(claim, prepared_from(*result.plan), parts.clock.now())));
  return TaskRun{0, result.cpu_seconds};
}

// The largest rendition can't be copied: it is encoded, and nothing else of the plan changes. Where
// another task of the video has found out before, this one is done over by the new plan.
Result<TaskRun> encode_after_all(const TaskParts& parts, const Claim& claim, const Plan& plan,
                                 const Error& why) {
  log_info("not copied", {{"video_id", claim.task.video_id.str()}, {"detail", why.message}});
  auto changed = encode_largest(plan);
  changed.pass_through = why.message;
  Replacement replacement;
  replacement.plan_json = to_json(changed);
  replacement.work_total = total_work(changed);
  replacement.removed = plan.renditions.front().name;
  replacement.added = changed.renditions.front().name;
  replacement.tasks = tasks_of_rendition(changed, replacement.added);
  SLUICE_TRY(from_outside(parts.tasks.replace_rendition(claim, replacement, parts.clock.now())));
  return TaskRun{};
}

// Segments of the task that are recorded already.
Result<std::vector<StoredSegment>> known_segments(Videos& videos, const Plan& plan,
                                                  const Task& task) {
  const auto [first, end] = segments_of(plan, task.spec);
  std::vector<StoredSegment> known;
  for (const auto& track : task.spec.tracks) {
    SLUICE_TRY_ASSIGN(auto stored, from_outside(videos.stored_segments(task.video_id, track)));
    for (auto& segment : stored) {
      if (segment.index >= first && segment.index < end) known.push_back(std::move(segment));
    }
  }
  return known;
}

// The first chunk of the task of which something is missing: an earlier run may have ended within
// it.
int first_open_chunk(const Plan& plan, const TaskSpec& spec,
                     const std::vector<StoredSegment>& known) {
  std::set<std::pair<std::string, int>> stored;
  for (const auto& segment : known) stored.emplace(segment.track, segment.index);
  const auto is_done = [&](const Chunk& chunk) {
    for (const auto& track : spec.tracks) {
      for (int index = chunk.first_segment; index < chunk.end_segment; ++index) {
        if (!stored.contains({track, index})) return false;
      }
    }
    return true;
  };
  int chunk = spec.first_chunk;
  while (chunk + 1 < spec.end_chunk &&
         is_done(plan.timeline.chunks[static_cast<std::size_t>(chunk)]))
    ++chunk;
  return chunk;
}

Result<TaskRun> run_encode(const TaskParts& parts, const Claim& claim, int threads,
                           std::stop_token stop) {
  const auto& task = claim.task;
  SLUICE_TRY_ASSIGN(const auto plan, load_plan(parts.videos, task.video_id));
  const auto [first, end] = segments_of(plan, task.spec);
  SLUICE_TRY_ASSIGN(const auto known, known_segments(parts.videos, plan, task));
  const auto expected = task.spec.tracks.size() * static_cast<std::size_t>(end - first);
  TaskRun run;
  if (known.size() < expected) {
    SLUICE_TRY_ASSIGN(const auto source, open_source(parts.uploads, task.video_id));
    SegmentRecorder recorder({parts.tasks, parts.media, parts.clock}, claim, plan, known);
    EngineJob job;
    job.kind = task.spec.kind;
    job.plan = plan;
    job.tracks = task.spec.tracks;
    // A part of the sound depends on where it starts.
    job.first_chunk = job.kind == TaskKind::video ? first_open_chunk(plan, task.spec, known)
                                                  : task.spec.first_chunk;
    job.end_chunk = task.spec.end_chunk;
    job.threads = threads;
    const EngineCallbacks callbacks{
        [&](const EngineOutput& output) { return recorder.take(output); }, [](double) {}};
    auto result = parts.engine.run(job, *source, callbacks, stop);
    // Also after an error: what is stored need not be made again.
    const auto flushed = recorder.flush();
    if (!result && media::is_not_copyable(result.error()) && plan.renditions.front().copied) {
      return encode_after_all(parts, claim, plan, result.error());
    }
    if (!result) return fail(std::move(result).error());
    SLUICE_TRY(flushed);
    run.cpu_seconds = result->cpu_seconds;
    run.media_seconds = std::min(plan.timeline.duration_seconds, boundary_seconds(plan.timeline, end)) -
                        boundary_seconds(plan.timeline, first);
  }
  SLUICE_TRY(from_outside(parts.tasks.finish_task(claim, parts.clock.now())));
  return run;
}

Result<std::string> hash_of(ObjectStore& media, const std::string& key) {
  SLUICE_TRY_ASSIGN(const auto object, from_outside(media.open(key)));
  if (object->size_bytes() > kMaxInitBytes) {
    return fail(ErrorKind::internal, "output_incomplete", "An init segment is far too long.");
  }
  std::string bytes(static_cast<std::size_t>(object->size_bytes()), '\0');
  SLUICE_TRY_ASSIGN(const auto count,
                    from_outside(object->read_at(0, std::span{bytes.data(), bytes.size()})));
  if (count != bytes.size()) {
    return fail(ErrorKind::internal, "output_incomplete", "An init segment can't be read.");
  }
  return media::sha256_hex(bytes);
}

Result<> check_init(ObjectStore& media, const VideoId& video, const std::string& track,
                    const std::string& expected) {
  SLUICE_TRY_ASSIGN(const auto hash, hash_of(media, init_key(video, track)));
  if (hash == expected) return {};
  return fail(ErrorKind::internal, "output_incomplete",
              "The init segment of " + track + " is not the one that was planned.");
}

// Each chunk in front offered one, and there is one poster. Those that lost are needed no longer,
// now that no chunk can offer another.
Result<> remove_lost_posters(ObjectStore& media, const Video& video,
                             const std::vector<ObjectInfo>& objects) {
  const auto prefix = video_prefix(video.id);
  for (const auto& object : objects) {
    const auto name = std::string_view(object.key).substr(prefix.size());
    if (!name.starts_with(kPosterPrefix) || name == video.poster) continue;
    SLUICE_TRY(from_outside(media.remove(object.key)));
  }
  return {};
}

// Of a rendition that was copied nothing is left of how it would have been encoded, and the other way
// round.
Result<> remove_spare(ObjectStore& media, const VideoId& video, const Plan& plan) {
  if (!plan.spare) return {};
  return from_outside(media.remove_prefix(video_prefix(video) + plan.spare->name + "/"));
}

Result<TaskRun> run_finish(const TaskParts& parts, const Claim& claim) {
  const auto& id = claim.task.video_id;
  SLUICE_TRY_ASSIGN(const auto plan, load_plan(parts.videos, id));
  SLUICE_TRY_ASSIGN(const auto segments, from_outside(parts.videos.stored_segments(id, "")));
  SLUICE_TRY_ASSIGN(const auto objects, from_outside(parts.media.list(video_prefix(id))));
  SLUICE_TRY(check_output(id, plan, segments, objects));
  for (const auto& rendition : plan.renditions) {
    SLUICE_TRY(check_init(parts.media, id, rendition.name, rendition.init_hash));
  }
  for (const auto& audio : plan.audio) {
    SLUICE_TRY(check_init(parts.media, id, audio.name, audio.init_hash));
  }
  SLUICE_TRY_ASSIGN(const auto video, from_outside(parts.videos.find_video(id)));
  SLUICE_TRY(remove_lost_posters(parts.media, video, objects));
  SLUICE_TRY(remove_spare(parts.media, id, plan));
  SLUICE_TRY(from_outside(parts.tasks.finish_task(claim, parts.clock.now())));
  return TaskRun{};
}

}  // namespace

std::pair<int, int> segments_of(const Plan& plan, const TaskSpec& spec) {
  const auto& chunks = plan.timeline.chunks;
  const auto count = static_cast<int>(chunks.size());
  const int first = std::clamp(spec.first_chunk, 0, count);
  const int end = std::clamp(spec.end_chunk, first, count);
  if (first == end) return {0, 0};
  return {chunks[static_cast<std::size_t>(first)].first_segment,
          chunks[static_cast<std::size_t>(end - 1)].end_segment};
}

Result<TaskRun> run_task(const TaskParts& parts, const Claim& claim, int threads,
                         std::stop_token stop) {
  switch (claim.task.spec.kind) {
    case TaskKind::prepare: return run_prepare(parts, claim, threads, stop);
    case TaskKind::video:
    case TaskKind::audio: return run_encode(parts, claim, threads, stop);
    case TaskKind::finish: return run_finish(parts, claim);
    case TaskKind::images: break;
  }
  return fail(ErrorKind::internal, "unknown_task", "This version does not know the task.");
}

}  // namespace sluice
