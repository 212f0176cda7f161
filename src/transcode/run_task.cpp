#include "transcode/run_task.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/log.h"
#include "plan/source_json.h"
#include "plan/source_notes.h"
#include "plan/timeline.h"
#include "transcode/check_segment.h"
#include "transcode/encode_after_all.h"
#include "transcode/load_plan.h"
#include "transcode/outside_error.h"
#include "transcode/run_finish.h"
#include "transcode/segment_recorder.h"
#include "transcode/source_text.h"
#include "video/object_key.h"

namespace sluice {
namespace {

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
  for (const auto& audio : plan.audio) {
    if (!is_surround(audio)) prepared.audio_tracks.push_back(audio.name);  // none plays with that alone
  }
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
  // Some hundred bytes each; none is stored before all of them pass the gate.
  std::vector<EngineOutput> inits;
  const EngineCallbacks callbacks{[&](EngineOutput output) -> Result<> {
                                    inits.push_back(std::move(output));
                                    return {};
                                  },
                                  [](double) {}};
  SLUICE_TRY_ASSIGN(const auto result, parts.engine.run(job, *source, callbacks, stop));
  if (!result.plan) return fail(ErrorKind::internal, "no_plan", "The engine made no plan.");
  for (const auto& init : inits) {
    SLUICE_TRY(check_output_name(*result.plan, init.name));
    const auto track = init.name.substr(0, init.name.find('/'));
    SLUICE_TRY(check_init_segment(*result.plan, track, init.bytes));
    SLUICE_TRY(from_outside(parts.media.put(video_prefix(id) + init.name, init.bytes)));
  }
  SLUICE_TRY(from_outside(
      parts.tasks.finish_prepare(claim, prepared_from(*result.plan), parts.clock.now())));
  return TaskRun{0, result.cpu_seconds};
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
    if (!result && was_copy_refused(plan, task.spec.tracks, result.error())) {
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

// The file's fault, or the engine's: the sound is worth having without its poster.
bool is_worth_no_more(const Error& error) {
  return error.kind == ErrorKind::invalid || error.kind == ErrorKind::internal;
}

// Subtitles never fail a video: a fault that is the file's, or that comes again every time, costs
// the tracks that are not there yet.
bool is_worth_another_try(const Task& task, const Error& error) {
  return !error.permanent() && task.failures + 1 < kMaxDeliveries;
}

Result<TaskRun> run_text(const TaskParts& parts, const Claim& claim, int threads,
                         std::stop_token stop) {
  const auto& task = claim.task;
  SLUICE_TRY_ASSIGN(const auto plan, load_plan(parts.videos, task.video_id));
  SLUICE_TRY_ASSIGN(const auto source, open_source(parts.uploads, task.video_id));
  EngineJob job;
  job.kind = task.spec.kind;
  job.plan = plan;
  job.tracks = task.spec.tracks;
  job.threads = threads;
  StoredBytes stored;
  const auto note = [&](const Note& one) {
    return from_outside(parts.tasks.record_notes(claim, {one}, parts.clock.now()));
  };
  const EngineCallbacks callbacks{[&](EngineOutput output) -> Result<> {
                                    if (output.note) return note(*output.note);
                                    SLUICE_TRY(check_output_name(plan, output.name));
                                    SLUICE_TRY(from_outside(parts.media.put(
                                        video_prefix(task.video_id) + output.name, output.bytes)));
                                    stored[output.name] =
                                        static_cast<std::int64_t>(output.bytes.size());
                                    return {};
                                  },
                                  [](double) {}};
  const auto result = parts.engine.run(job, *source, callbacks, stop);
  if (!result) {
    const auto& error = result.error();
    if (error.kind == ErrorKind::canceled || is_worth_another_try(task, error)) return fail(error);
    log_warn("subtitles are left out", {{"video_id", task.video_id.str()}, {"error", error.code}});
    SLUICE_TRY(note(text_left_out_note(static_cast<int>(task.spec.tracks.size()))));
  }
  SLUICE_TRY(from_outside(
      parts.tasks.finish_text(claim, finished_text(plan, stored), parts.clock.now())));
  return TaskRun{0, result ? result->cpu_seconds : 0};
}

Result<TaskRun> run_images(const TaskParts& parts, const Claim& claim, int threads,
                           std::stop_token stop) {
  const auto& id = claim.task.video_id;
  SLUICE_TRY_ASSIGN(const auto plan, load_plan(parts.videos, id));
  SLUICE_TRY_ASSIGN(const auto source, open_source(parts.uploads, id));
  SegmentRecorder recorder({parts.tasks, parts.media, parts.clock}, claim, plan, {});
  EngineJob job;
  job.kind = TaskKind::images;
  job.plan = plan;
  job.threads = threads;
  const EngineCallbacks callbacks{
      [&](const EngineOutput& output) { return recorder.take(output); }, [](double) {}};
  const auto result = parts.engine.run(job, *source, callbacks, stop);
  if (!result && (stop.stop_requested() || !is_worth_no_more(result.error()))) {
    return fail(result.error());
  }
  if (!result) {
    log_warn("no poster", {{"video_id", id.str()}, {"error", result.error().code}});
  }
  SLUICE_TRY(from_outside(parts.tasks.finish_task(claim, parts.clock.now())));
  return TaskRun{0, result ? result->cpu_seconds : 0};
}

}  // namespace

Result<Plan> load_plan(Videos& videos, const VideoId& video) {
  SLUICE_TRY_ASSIGN(const auto json, from_outside(videos.find_plan(video)));
  if (!json) return fail(ErrorKind::internal, "plan_missing", "The video has no plan yet.");
  return plan_from_json(*json);
}

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
    case TaskKind::text: return run_text(parts, claim, threads, stop);
    case TaskKind::finish: return run_finish(parts, claim);
    case TaskKind::images: return run_images(parts, claim, threads, stop);
  }
  return fail(ErrorKind::internal, "unknown_task", "This version does not know the task.");
}

}  // namespace sluice
