#include "transcode/engine_limits.h"

#include <gtest/gtest.h>

#include "plan/timeline.h"

namespace sluice {
namespace {

EngineJob whole_video(double seconds) {
  SourceFacts source;
  source.duration_seconds = seconds;
  source.video.emplace();
  source.video->coded_width = 1920;
  source.video->coded_height = 1080;
  source.video->frame_rate = {25, 1};
  source.video->keyframe_interval_seconds = 1;
  EngineJob job;
  job.kind = TaskKind::video;
  job.plan = make_plan(source, {}).value();
  for (const auto& rendition : job.plan->renditions) job.tracks.push_back(rendition.name);
  job.end_chunk = static_cast<int>(job.plan->timeline.chunks.size());
  return job;
}

TEST(EngineLimits, GrowWithWhatIsToBeEncoded) {
  const EngineLimits limits;
  const auto film = whole_video(7200);
  const double estimated = total_work(*film.plan);
  EXPECT_GT(static_cast<double>(cpu_limit(limits, film).count()), 20 * estimated);
  // Twice the caps of the ladder for two hours, at least.
  double capped_bytes = 0;
  for (const auto& rendition : film.plan->renditions) {
    capped_bytes += static_cast<double>(rendition.max_rate_bps) / 8 * 7200;
  }
  EXPECT_GT(static_cast<double>(output_limit(limits, film)), 2 * capped_bytes);
}

TEST(EngineLimits, AreTightForASingleSegment) {
  const EngineLimits limits;
  auto opening = whole_video(7200);
  opening.end_chunk = 1;
  opening.tracks = {opening.plan->renditions.back().name};
  EXPECT_LT(cpu_limit(limits, opening), limits.cpu + std::chrono::seconds(60));
  EXPECT_LT(output_limit(limits, opening), 80 << 20);
}

TEST(EngineLimits, OfAProbeAreTheBase) {
  const EngineLimits limits;
  EXPECT_EQ(cpu_limit(limits, EngineJob{}), limits.cpu);
  EXPECT_LE(output_limit(limits, EngineJob{}), 64 << 20);
}

}  // namespace
}  // namespace sluice
