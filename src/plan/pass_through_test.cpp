#include "plan/pass_through.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "plan/timeline.h"

namespace sluice {
namespace {

using Ticks = std::vector<std::int64_t>;

Plan film(double seconds) {
  SourceFacts source;
  source.container = "mov,mp4";
  source.duration_seconds = seconds;
  VideoStreamFacts video;
  video.codec = "h264";
  video.coded_width = 1920;
  video.coded_height = 1080;
  video.frame_rate = {25, 1};
  video.time_base = {1, 10'000};
  video.keyframe_interval_seconds = 2.0;
  source.video = video;
  source.audio.push_back({1, "aac", 48000, 2, "eng", "", false, 0});
  return make_plan(source, {}).value();
}

std::vector<KeyFrame> keys(const std::vector<double>& seconds, std::int64_t bytes = 1'000'000) {
  std::vector<KeyFrame> made;
  for (const double at : seconds) made.push_back({std::llround(at * 10'000), bytes});
  return made;
}

CopyFacts fitting(double seconds, double step = 2) {
  CopyFacts facts;
  facts.profile = 100;
  facts.level = 40;
  facts.is_420_8bit = facts.frames_only = facts.square_pixels = facts.colors_as_encoded = true;
  facts.width = 1920;
  facts.height = 1080;
  for (double at = 0; at < seconds; at += step) {
    facts.key_frames.push_back({std::llround(at * 10'000), 1'000'000});  // 4 Mb/s
  }
  facts.end_ticks = std::llround(seconds * 10'000);
  return facts;
}

TEST(PassThrough, CopiesWhatFits) {
  EXPECT_EQ(why_not_copied(film(60), fitting(60)), "");
  auto facts = fitting(60);
  facts.profile = 66;
  facts.constrained_baseline = true;
  facts.level = 42;
  EXPECT_EQ(why_not_copied(film(60), facts), "");
}

struct Refusal {
  const char* why;
  std::function<void(CopyFacts&)> stream;
  std::function<void(Plan&)> source;
};

TEST(PassThrough, HasAReasonForEverythingItDoesNotCopy) {
  const auto video = [](auto change) {
    return [change](Plan& plan) { change(*plan.source.video); };
  };
  const Refusal refusals[] = {
      {"its profile is not Constrained Baseline, Main or High",
       [](auto& f) { f.profile = 66; },
       {}},
      {"its profile is not Constrained Baseline, Main or High",
       [](auto& f) { f.profile = 110; },
       {}},
      {"it is not 8-bit 4:2:0", [](auto& f) { f.is_420_8bit = false; }, {}},
      {"its level 5.0 is too high", [](auto& f) { f.level = 50; }, {}},
      {"it may be interlaced", [](auto& f) { f.frames_only = false; }, {}},
      {"its pictures of 1920 x 1088 are not of a size of the ladder (1920 x 1080)",
       [](auto& f) { f.height = 1088; },
       {}},
      {"its pixels are not square", [](auto& f) { f.square_pixels = false; }, {}},
      {"its samples use the full range", [](auto& f) { f.full_range = true; }, {}},
      {"its colours are not those of the other renditions",
       [](auto& f) { f.colors_as_encoded = false; },
       {}},
      {"an edit list hides some of its frames", [](auto& f) { f.trimmed = true; }, {}},
      {"its index names no key frames", [](auto& f) { f.key_frames.clear(); }, {}},
      {"it starts before its first key frame", [](auto& f) { f.key_frames[0].ticks = -1; }, {}},
      {"its picture starts long after its sound",
       [](auto& f) { f.key_frames.erase(f.key_frames.begin()); },
       {}},
      {"its key frames are out of order", [](auto& f) { f.key_frames[4].ticks = 0; }, {}},
      {"its key frames are further apart than 10.5 s",
       [](auto& f) { f.key_frames.erase(f.key_frames.begin() + 4, f.key_frames.begin() + 9); },
       {}},
      {"its sound goes on after its picture", [](auto& f) { f.end_ticks -= 5'000; }, {}},
      {"its 6001 kb/s are above the 6000 kb/s of 1080p",
       [](auto& f) {
         for (auto& key : f.key_frames) key.bytes = 1'500'133;
       },
       {}},
      {"it has a segment of 9500 kb/s",
       [](auto& f) { f.key_frames[8].bytes = f.key_frames[9].bytes = 2'375'000; },
       {}},
      {"it can't be sought in", {}, [](auto& plan) { plan.mode = VideoMode::sequential; }},
      {"it is turned or mirrored", {}, video([](auto& v) { v.rotation = 180; })},
      {"it is turned or mirrored", {}, video([](auto& v) { v.mirrored = true; })},
      {"it is interlaced", {}, video([](auto& v) { v.interlaced = true; })},
      {"it is HDR", {}, video([](auto& v) { v.color_transfer = "smpte2084"; })},
      {"it is HDR", {}, video([](auto& v) { v.color_transfer = "arib-std-b67"; })},
      {"its frame rate is not known", {}, video([](auto& v) {
         v.frame_rate = {0, 1};
       })},
      {"it has more than 60 frames a second", {}, video([](auto& v) {
         v.frame_rate = {100, 1};
       })},
      {"there is no smaller rendition to make images of",
       {},
       [](auto& plan) { plan.renditions.resize(1); }},
  };
  for (const auto& refusal : refusals) {
    auto plan = film(60);
    auto facts = fitting(60);
    if (refusal.stream) refusal.stream(facts);
    if (refusal.source) refusal.source(plan);
    EXPECT_EQ(why_not_copied(plan, facts), refusal.why);
  }
}

TEST(PassThrough, CutsWhereKeyFramesComeNearestToFourSeconds) {
  const auto cut = [](const std::vector<double>& at, double end) {
    std::vector<double> seconds;
    for (const auto ticks : follow_key_frames(keys(at), std::llround(end * 10'000), 10'000)) {
      seconds.push_back(static_cast<double>(ticks) / 10'000);
    }
    return seconds;
  };
  using Seconds = std::vector<double>;
  EXPECT_EQ(cut({0, 2, 4, 6, 8}, 10), (Seconds{0, 4, 8, 10}));
  EXPECT_EQ(cut({0, 2.002, 4.004, 6.006, 8.008}, 8.3), (Seconds{0, 4.004, 8.3}));
  EXPECT_EQ(cut({0, 8.34, 16.68}, 20), (Seconds{0, 8.34, 16.68, 20}));
  EXPECT_EQ(cut({0}, 3), (Seconds{0, 3}));
  EXPECT_EQ(cut({0, 3, 6, 13}, 15), (Seconds{0, 3, 6, 13, 15}));
  EXPECT_EQ(cut({0, 0.4, 9}, 12), (Seconds{0, 9, 12})) << "no short segment where there is a way";
  EXPECT_EQ(cut({0, 1, 10.6}, 12), (Seconds{0, 1, 10.6, 12})) << "and none over 10.5 s";
  EXPECT_EQ(cut({0.3, 4.3}, 8), (Seconds{0, 4.3, 8})) << "the first picture is shown from 0 on";
}

TEST(PassThrough, NeverMakesASegmentTooLongToSwitchBehind) {
  unsigned state = 7;
  for (int round = 0; round < 200; ++round) {
    std::vector<double> at = {0};
    while (at.back() < 300) {
      state = state * 1664525u + 1013904223u;
      at.push_back(at.back() + 0.04 * (1 + state % 262));
    }
    const auto made = follow_key_frames(keys(at), std::llround((at.back() + 1) * 10'000), 10'000);
    for (std::size_t i = 1; i < made.size(); ++i) {
      EXPECT_GT(made[i], made[i - 1]);
      EXPECT_LE(made[i] - made[i - 1], 105'000);
    }
  }
}

TEST(PassThrough, PlansTheCopyAndWhatTakesItsPlace) {
  const auto plan = copy_largest(film(61), fitting(61));
  EXPECT_TRUE(plan.renditions[0].copied);
  EXPECT_EQ(plan.renditions[0].name, "1080p");
  EXPECT_EQ(plan.renditions[0].max_rate_bps, 4'000'000);
  EXPECT_FALSE(plan.renditions[1].copied);
  EXPECT_EQ(plan.spare->name, "1080p-encoded");
  EXPECT_EQ(plan.spare->crf, 23);
  EXPECT_EQ(plan.timeline.segment_count, 16);
  EXPECT_EQ(plan.timeline.boundaries.back(), 610'000);
  EXPECT_EQ(plan.timeline.chunks.back().end_segment, 16);

  const auto encoded = encode_largest(plan);
  EXPECT_EQ(encoded.renditions[0].name, "1080p-encoded");
  EXPECT_EQ(encoded.spare->name, "1080p");
  EXPECT_EQ(encoded.timeline.boundaries, plan.timeline.boundaries);
  EXPECT_EQ(encode_largest(encoded).renditions[0].name, "1080p-encoded") << "only once";
  EXPECT_EQ(to_json(plan_from_json(to_json(plan)).value()), to_json(plan));
}

TEST(PassThrough, MakesTheCopyPlayableFirst) {
  const auto plan = copy_largest(film(1000), fitting(1000));
  const auto tasks = plan_tasks(plan);
  EXPECT_EQ(tasks[0].tracks, (std::vector<std::string>{"1080p"}));
  EXPECT_EQ(tasks[1].kind, TaskKind::audio);
  EXPECT_EQ(tasks[2].tracks, (std::vector<std::string>{"360p", "240p"}));
  EXPECT_EQ(tasks[3].tracks, (std::vector<std::string>{"720p", "480p"}));
  EXPECT_EQ(tasks[4].tracks, (std::vector<std::string>{"1080p"}));
  std::map<std::string, int> covered;
  double work = 0;
  for (const auto& task : tasks) {
    work += task.work;
    for (const auto& track : task.tracks) covered[track] += task.end_chunk - task.first_chunk;
    if (task.tracks.size() > 1) {
      EXPECT_EQ(std::count(task.tracks.begin(), task.tracks.end(), "1080p"), 0);
    }
  }
  EXPECT_EQ(covered.size(), 6u);
  for (const auto& [track, chunks] : covered) {
    EXPECT_EQ(chunks, static_cast<int>(plan.timeline.chunks.size())) << track;
  }
  EXPECT_NEAR(work, total_work(plan), 1e-6);

  int next = 0;
  for (const auto& task : tasks_of_rendition(encode_largest(plan), "1080p-encoded")) {
    EXPECT_EQ(task.first_chunk, next);
    next = task.end_chunk;
  }
  EXPECT_EQ(next, static_cast<int>(plan.timeline.chunks.size()));
}

}  // namespace
}  // namespace sluice
