#include "plan/check_plan.h"

#include <cmath>
#include <functional>

#include <gtest/gtest.h>

namespace sluice {
namespace {

Plan good_plan() {
  SourceFacts source;
  source.duration_seconds = 100;
  source.video.emplace();
  source.video->coded_width = 1280;
  source.video->coded_height = 720;
  source.video->frame_rate = {25, 1};
  source.audio.resize(2);
  return make_plan(source, {}).value();
}

std::string fault(const std::function<void(Plan&)>& damage) {
  auto plan = good_plan();
  damage(plan);
  const auto checked = check_plan(plan);
  return checked ? "" : checked.error().code;
}

TEST(CheckPlan, BelievesWhatThePlannerMakes) {
  EXPECT_EQ(fault([](Plan&) {}), "");
  EXPECT_EQ(fault([](Plan& plan) {
              plan.source.video.reset();
              plan.renditions.clear();
              plan.mode = VideoMode::none;
            }),
            "");
}

TEST(CheckPlan, DoesNotBelieveAnythingElse) {
  const std::function<void(Plan&)> damages[] = {
      [](Plan& plan) { plan.renditions.front().name = "../other"; },
      [](Plan& plan) { plan.renditions.front().name = ""; },
      [](Plan& plan) { plan.renditions.front().name = plan.audio.front().name; },
      [](Plan& plan) { plan.renditions.front().width = 0; },
      [](Plan& plan) { plan.renditions.front().height = 1 << 20; },
      [](Plan& plan) { plan.audio.front().sample_rate = 0; },
      [](Plan& plan) { plan.audio.resize(100); },
      [](Plan& plan) { plan.renditions.clear(); },
      [](Plan& plan) { plan.source.video.reset(); },
      [](Plan& plan) { plan.timeline.duration_seconds = NAN; },
      [](Plan& plan) { plan.timeline.timescale = 0; },
      [](Plan& plan) { plan.timeline.segment_count = 0; },
      [](Plan& plan) { plan.timeline.segment_count += 1; },
      [](Plan& plan) { plan.timeline.chunks.clear(); },
      [](Plan& plan) { plan.timeline.chunks[1].first_segment += 1; },
      [](Plan& plan) { plan.timeline.chunks[0].end_segment = -1; },
      [](Plan& plan) { plan.timeline.chunks.back().end_segment += 1; },
      [](Plan& plan) { plan.timeline.boundaries = {0, 1}; },
      [](Plan& plan) {
        plan.timeline.boundaries.assign(
            static_cast<std::size_t>(plan.timeline.segment_count) + 1, 0);
      },
  };
  for (const auto& damage : damages) {
    EXPECT_EQ(fault(damage), "bad_plan") << &damage - damages;
  }
}

}  // namespace
}  // namespace sluice
