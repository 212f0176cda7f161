#include "plan/plan.h"

#include <set>

#include <gtest/gtest.h>

namespace sluice {
namespace {

SourceFacts film(double seconds) {
  SourceFacts source;
  source.container = "mov,mp4";
  source.duration_seconds = seconds;
  VideoStreamFacts video;
  video.codec = "h264";
  video.coded_width = 1920;
  video.coded_height = 1080;
  video.frame_rate = {30000, 1001};
  video.time_base = {1, 30000};
  video.keyframe_interval_seconds = 2.0;
  source.video = video;
  source.audio.push_back({1, "aac", 48000, 2, "eng", "", false, 0});
  source.audio.push_back({2, "aac", 48000, 6, "deu", "Kommentar", true, 0});
  return source;
}

TEST(Plan, SaysNoToSourcesWithoutMediaAndToVeryLongOnes) {
  EXPECT_EQ(make_plan({}, {}).error().code, "no_media");
  EXPECT_EQ(make_plan(film(50'000), {}).error().code, "too_long");
  EXPECT_TRUE(make_plan(film(40'000), {}));
}

TEST(Plan, SaysNoToPicturesThatNobodyCouldPlay) {
  auto source = film(60);
  source.video->coded_width = 20'000;
  source.video->coded_height = 100;
  EXPECT_EQ(make_plan(source, {}).error().code, "picture_too_large");
  source.video->coded_width = 16'384;
  EXPECT_TRUE(make_plan(source, {}));
}

TEST(Plan, MarksOneAudioTrackAsDefault) {
  const auto plan = make_plan(film(60), {}).value();
  ASSERT_EQ(plan.audio.size(), 2u);
  EXPECT_FALSE(plan.audio[0].is_default);
  EXPECT_TRUE(plan.audio[1].is_default);
  EXPECT_EQ(plan.audio[1].name, "audio-1");
}

TEST(Plan, SaysWhenThereAreMoreAudioTracksThanAreKept) {
  auto source = film(60);
  source.audio.resize(16, source.audio[0]);
  EXPECT_TRUE(make_plan(source, {})->source.notes.empty());
  source.audio.resize(20, source.audio[0]);
  const auto plan = make_plan(source, {}).value();
  EXPECT_EQ(plan.audio.size(), 16u);
  ASSERT_EQ(plan.source.notes.size(), 1u);
  EXPECT_EQ(plan.source.notes[0].code, "audio_left_out");
  EXPECT_EQ(plan.source.notes[0].message, "The file has 20 audio tracks. The first 16 were kept.");
}

TEST(Plan, IsSequentialWithoutAUsableIndex) {
  auto source = film(60);
  EXPECT_EQ(make_plan(source, {})->mode, VideoMode::chunked);
  source.video->keyframe_interval_seconds = 300;
  EXPECT_EQ(make_plan(source, {})->mode, VideoMode::sequential);
  source.video->keyframe_interval_seconds.reset();
  EXPECT_EQ(make_plan(source, {})->mode, VideoMode::sequential);
  source.video.reset();
  EXPECT_EQ(make_plan(source, {})->mode, VideoMode::none);
}

TEST(PlanTasks, CoverEverySegmentOfEveryTrackOnce) {
  for (const bool seekable : {true, false}) {
    auto source = film(7300);
    if (!seekable) source.video->keyframe_interval_seconds.reset();
    const auto plan = make_plan(source, {}).value();
    std::set<std::pair<std::string, int>> covered;
    double work = 0;
    for (const auto& task : plan_tasks(plan)) {
      work += task.work;
      for (const auto& track : task.tracks) {
        for (int chunk = task.first_chunk; chunk < task.end_chunk; ++chunk) {
          EXPECT_TRUE(covered.insert({track, chunk}).second) << track << " " << chunk;
        }
      }
    }
    EXPECT_EQ(covered.size(), 7 * plan.timeline.chunks.size());
    EXPECT_NEAR(work, total_work(plan), 1e-6);
  }
}

TEST(PlanTasks, StartWithWhatMakesTheVideoPlayable) {
  const auto tasks = plan_tasks(make_plan(film(60), {}).value());
  ASSERT_GE(tasks.size(), 5u);
  EXPECT_EQ(tasks[0].tracks, (std::vector<std::string>{"360p", "240p"}));
  EXPECT_EQ(tasks[1].kind, TaskKind::audio);
  EXPECT_EQ(tasks[2].kind, TaskKind::audio);
  EXPECT_EQ(tasks[3].tracks, (std::vector<std::string>{"1080p", "720p", "480p"}));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(tasks[static_cast<std::size_t>(i)].lane, Lane::first);
  EXPECT_EQ(tasks[4].lane, Lane::rest);
}

// Each comes to its start by reading, maybe decoding, everything in front.
TEST(PlanTasks, DoNotReadAFileWithoutKeyFramesAgainAndAgain) {
  for (const double minutes : {10.0, 60.0, 180.0}) {
    auto source = film(minutes * 60);
    source.video->keyframe_interval_seconds.reset();
    const auto plan = make_plan(source, {}).value();
    ASSERT_EQ(plan.mode, VideoMode::sequential);
    double read = 0;
    for (const auto& task : plan_tasks(plan)) {
      if (task.kind != TaskKind::video) continue;
      read += plan.timeline.chunks[static_cast<std::size_t>(task.end_chunk - 1)].end_segment;
      EXPECT_LT(task.work, 2000) << "some minutes";
    }
    EXPECT_LT(read, (minutes <= 60 ? 5 : 8) * plan.timeline.segment_count) << minutes;
  }
}

SourceFacts film_with_text(int tracks) {
  auto source = film(60);
  for (int i = 0; i < tracks; ++i) {
    source.text.push_back({3 + i, "subrip", "eng", "Track " + std::to_string(i), true, i == 1, i == 2});
  }
  return source;
}

TEST(Plan, NamesTextTracksAndMarksOneAsDefault) {
  const auto plan = make_plan(film_with_text(3), {}).value();
  ASSERT_EQ(plan.text.size(), 3u);
  EXPECT_EQ(plan.text[2].name, "text-2");
  EXPECT_EQ(plan.text[2].stream_index, 5);
  EXPECT_TRUE(plan.text[0].is_default && !plan.text[1].is_default && !plan.text[2].is_default);
  EXPECT_TRUE(plan.text[1].forced && plan.text[2].captions && !plan.text[0].captions);
  EXPECT_LE(make_plan(film_with_text(1000), {})->text.size(), 32u);
}

TEST(PlanTasks, ReadAllTextAtOnceBehindWhatMakesTheVideoPlayable) {
  const auto tasks = plan_tasks(make_plan(film_with_text(2), {}).value());
  EXPECT_EQ(tasks[4].kind, TaskKind::text);
  EXPECT_EQ(tasks[4].lane, Lane::rest);
  EXPECT_EQ(tasks[4].tracks, (std::vector<std::string>{"text-0", "text-1"}));
  EXPECT_NE(tasks[5].kind, TaskKind::text);
}

TEST(PlanJson, ReadsBackWhatItWrites) {
  auto plan = make_plan(film_with_text(2), {}).value();
  plan.renditions[0].codecs = "avc1.640028";
  plan.source.notes = {{"cut_off", "The file ends after 1:40."}};
  plan.source.time_jumps = {{1000, -3.5}};
  plan.source.video->may_be_interlaced = true;
  plan.source.video->mastering_nits = 1000;
  const auto text = to_json(plan);
  EXPECT_EQ(to_json(plan_from_json(text).value()), text);
  const auto again = plan_from_json(text).value();
  EXPECT_EQ(again.source.notes, plan.source.notes);
  EXPECT_EQ(again.source.time_jumps.at(0).shift_seconds, -3.5);
  plan.storyboard.reset();
  EXPECT_EQ(to_json(plan_from_json(to_json(plan)).value()), to_json(plan));
  EXPECT_EQ(plan_from_json("{}").error().code, "bad_plan");
  EXPECT_EQ(plan_from_json("nonsense").error().code, "bad_plan");
}

TEST(PlanJson, KeepsBoundariesThatFollowKeyFrames) {
  auto plan = make_plan(film(8), {}).value();
  EXPECT_EQ(to_json(plan).find("boundaries"), std::string::npos);
  plan.timeline.boundaries = {0, 151'000, 240'000};
  EXPECT_EQ(plan_from_json(to_json(plan)).value().timeline.boundaries, plan.timeline.boundaries);
}

TEST(PlanJson, ReadsPlansFromBeforeThereWereStoryboards) {
  auto text = to_json(make_plan(film(100), {}).value());
  const auto begin = text.find(",\"storyboard\":{");
  ASSERT_NE(begin, std::string::npos);
  text.erase(begin, text.find('}', begin) + 1 - begin);
  const auto plan = plan_from_json(text);
  ASSERT_TRUE(plan);
  EXPECT_FALSE(plan->storyboard);
}

TEST(PlanJson, ReadsPlansFromBeforeThereWasText) {
  auto text = to_json(make_plan(film(100), {}).value());
  for (const std::string_view key : {",\"text\":[]", ",\"text\":[]", ",\"picture_subtitles\":0"}) {
    const auto at = text.find(key);
    ASSERT_NE(at, std::string::npos) << key;
    text.erase(at, key.size());
  }
  const auto plan = plan_from_json(text);
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->text.empty());
}

}  // namespace
}  // namespace sluice
