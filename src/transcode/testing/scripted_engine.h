// For tests of what is around the engine: makes the same small objects for every source at once,
// and does before it what a test wants.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "base/sha256.h"
#include "media/cmaf.h"
#include "media/pack_segment.h"
#include "media/prepare.h"
#include "media/testing/avc_config.h"
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
      for (const auto& track : job.tracks) SLUICE_TRY(callbacks.on_output(segment(*job.plan, track, index)));
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
    for (auto& rendition : plan.renditions) SLUICE_TRY(publish_init(plan, rendition, callbacks));
    for (auto& audio : plan.audio) SLUICE_TRY(publish_init(plan, audio, callbacks));
    EngineResult result;
    result.plan = std::move(plan);
    return result;
  }

  // One picture a second, or one frame of sound.
  static EngineOutput segment(const Plan& plan, const std::string& track, int index) {
    const bool is_audio = track.starts_with("audio");
    const std::int64_t second = is_audio ? 48'000 : plan.timeline.timescale;
    const std::int64_t start = index * 4 * second;
    const std::string idr("\0\0\0\2\x65x", 6);
    std::vector<media::Sample> samples = {{idr, start, true}};
    return media::pack_segment(plan, track, samples, start + (index < 2 ? 4 : 2) * second, index);
  }

  static std::string init(const Plan& plan, Rendition& rendition) {
    rendition.codecs = "avc1.64000d";
    media::SequenceParameters sps;
    sps.profile = 100;
    sps.level = 13;
    sps.width = rendition.width;
    sps.height = rendition.height;
    sps.primaries = sps.transfer = sps.matrix = 1;
    return media::write_init_segment(media::VideoInit{plan.timeline.timescale, rendition.width,
                                                      rendition.height, avc_config_of(sps),
                                                      {1, 1, 1}});
  }
  static std::string init(const Plan&, AudioRendition& audio) {
    audio.codecs = "mp4a.40.2";
    return media::write_init_segment(
        media::AudioInit{audio.sample_rate, audio.channels, 128'000, "\x11\x90", "und"});
  }

  template <class Track>
  static Result<> publish_init(const Plan& plan, Track& track, const EngineCallbacks& callbacks) {
    auto bytes = init(plan, track);
    track.init_hash = sha256_hex(bytes);
    return callbacks.on_output({track.name + "/init.mp4", std::move(bytes), {}});
  }

  Script script_;
};

}  // namespace sluice
