// For tests of what is around the engine: makes the same small objects for every source at once,
// and does before it what a test wants.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "transcode/engine.h"
#include "transcode/run_task.h"
#include "video/object_key.h"

namespace sluice {

class ScriptedEngine final : public Engine {
 public:
  // Called at the start of each job, on its thread. An error is the job's.
  using Script = std::function<Result<>(const EngineJob&, std::stop_token)>;
  explicit ScriptedEngine(Script script = nullptr) : script_(std::move(script)) {}

  Result<EngineResult> run(const EngineJob& job, const ByteSource&,
                           const EngineCallbacks& callbacks, std::stop_token stop) override {
    if (script_) SLUICE_TRY(script_(job, stop));
    if (job.kind == TaskKind::prepare) return prepare(callbacks);
    const auto [first, end] = segments_of(
        *job.plan, TaskSpec{job.kind, Lane::rest, job.tracks, job.first_chunk, job.end_chunk, 0});
    if (job.kind == TaskKind::video && job.tracks.back() == job.plan->renditions.back().name) {
      for (int chunk = job.first_chunk; chunk < job.end_chunk; ++chunk) {
        SLUICE_TRY(callbacks.on_output({poster_name(chunk), "poster", {}, 0.5}));
        SLUICE_TRY(callbacks.on_output({sheet_name(chunk), "sheet"}));
      }
    }
    for (int index = first; index < end; ++index) {
      for (const auto& track : job.tracks) SLUICE_TRY(callbacks.on_output(segment(track, index)));
    }
    return EngineResult{};
  }

 private:
  // A video of 320x180 with sound: ten seconds, three segments, two chunks.
  static Result<EngineResult> prepare(const EngineCallbacks& callbacks) {
    SourceFacts source;
    source.duration_seconds = 10;
    source.video.emplace();
    source.video->coded_width = 320;
    source.video->coded_height = 180;
    source.video->frame_rate = {25, 1};
    source.video->keyframe_interval_seconds = 1;
    source.audio.emplace_back();
    SLUICE_TRY_ASSIGN(auto plan, make_plan(source, {}));
    for (auto& rendition : plan.renditions) {
      rendition.init_hash = kInitHash;
      SLUICE_TRY(callbacks.on_output({rendition.name + "/init.mp4", kInit, {}}));
    }
    for (auto& audio : plan.audio) {
      audio.init_hash = kInitHash;
      SLUICE_TRY(callbacks.on_output({audio.name + "/init.mp4", kInit, {}}));
    }
    EngineResult result;
    result.plan = std::move(plan);
    return result;
  }

  static EngineOutput segment(const std::string& track, int index) {
    const std::int64_t second = track.starts_with("audio") ? 48'000 : 90'000;
    StoredSegment stored{track, index, index * 4 * second, (index < 2 ? 4 : 2) * second, 0, 0};
    return {track + "/" + segment_name(index), track + " " + std::to_string(index), stored};
  }

  static constexpr const char* kInit = "init";
  // Of those four bytes.
  static constexpr const char* kInitHash =
      "bb54068aea85faa7e487530083366be9962390af822e4c71ef1aca7033c83e66";

  Script script_;
};

}  // namespace sluice
