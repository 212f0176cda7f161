#include "video/video.h"

#include <gtest/gtest.h>

#include "video/object_key.h"
#include "video/task.h"

namespace sluice {
namespace {

TEST(VideoNames, ReadBackWhatTheyWrite) {
  for (const auto status : {VideoStatus::pending, VideoStatus::queued, VideoStatus::processing,
                            VideoStatus::complete, VideoStatus::failed}) {
    EXPECT_EQ(parse_video_status(to_string(status)), status);
  }
  for (const auto visibility : {Visibility::public_, Visibility::unlisted, Visibility::private_}) {
    EXPECT_EQ(parse_visibility(to_string(visibility)), visibility);
  }
  EXPECT_FALSE(parse_visibility("Public"));
}

TEST(TaskNames, ReadBackWhatTheyWrite) {
  for (const auto kind : {TaskKind::prepare, TaskKind::video, TaskKind::audio, TaskKind::images,
                          TaskKind::finish}) {
    EXPECT_EQ(parse_task_kind(to_string(kind)), kind);
  }
  EXPECT_FALSE(parse_task_kind(""));
}

TEST(Progress, IsOneOnlyWhenComplete) {
  Video video;
  EXPECT_EQ(progress(video), 0);
  video.status = VideoStatus::processing;
  video.work_total = 10;
  video.work_done = 10;
  EXPECT_LT(progress(video), 1);
  video.status = VideoStatus::complete;
  EXPECT_EQ(progress(video), 1);
}

TEST(Eta, FollowsThePaceSoFar) {
  Video video;
  video.status = VideoStatus::processing;
  video.work_total = 100;
  video.work_done = 25;
  video.started_at = from_unix_ms(0);
  video.updated_at = from_unix_ms(10'000);
  EXPECT_DOUBLE_EQ(eta_seconds(video, from_unix_ms(10'000)).value(), 30.0);
  video.work_done = 1;
  EXPECT_FALSE(eta_seconds(video, from_unix_ms(10'000))) << "too early to say";
}

TEST(Eta, RunsDownBetweenRecordsAndRisesWhenWorkIsOverdue) {
  Video video;
  video.status = VideoStatus::processing;
  video.work_total = 100;
  video.work_done = 25;
  video.started_at = from_unix_ms(0);
  video.updated_at = from_unix_ms(10'000);
  EXPECT_DOUBLE_EQ(eta_seconds(video, from_unix_ms(15'000)).value(), 25.0);
  EXPECT_DOUBLE_EQ(eta_seconds(video, from_unix_ms(50'000)).value(), 10.0) << "a quarter of the wait";
  EXPECT_DOUBLE_EQ(eta_seconds(video, from_unix_ms(90'000)).value(), 20.0);
}

TEST(ObjectKeys, AreKnownBeforehand) {
  const VideoId id("abc");
  EXPECT_EQ(source_key(id), "videos/abc/source/original");
  EXPECT_EQ(init_key(id, "720p"), "videos/abc/720p/init.mp4");
  EXPECT_EQ(segment_key(id, "audio-0", 7), "videos/abc/audio-0/00007.m4s");
  EXPECT_EQ(segment_name(123456), "123456.m4s");
}

}  // namespace
}  // namespace sluice
