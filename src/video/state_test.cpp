#include "video/state.h"

#include <array>
#include <functional>
#include <optional>

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr Timestamp kNow = Timestamp{std::chrono::milliseconds{5000}};

constexpr std::array kStatuses = {VideoStatus::pending, VideoStatus::queued,
                                  VideoStatus::processing, VideoStatus::complete,
                                  VideoStatus::failed};

struct Move {
  const char* name;
  std::function<Result<Video>(const Video&)> apply;
  // What pending, queued, processing, complete and failed become.
  std::array<std::optional<VideoStatus>, 5> to;
};

const std::vector<Move>& moves() {
  constexpr auto none = std::nullopt;
  constexpr auto queued = VideoStatus::queued;
  constexpr auto processing = VideoStatus::processing;
  constexpr auto complete = VideoStatus::complete;
  constexpr auto failed = VideoStatus::failed;
  static const std::vector<Move> table = {
      {"queue_uploaded",
       [](const Video& v) { return queue_uploaded(v, 7, kNow); },
       {queued, none, none, none, none}},
      {"expire_upload",
       [](const Video& v) { return expire_upload(v, kNow); },
       {failed, none, none, none, none}},
      {"start_processing",
       [](const Video& v) { return start_processing(v, kNow); },
       {none, processing, processing, none, none}},
      {"add_plan",
       [](const Video& v) { return add_plan(v, {}, 1, kNow); },
       {none, none, processing, none, none}},
      {"add_progress",
       [](const Video& v) { return add_progress(v, 1, true, kNow); },
       {none, none, processing, none, none}},
      {"complete_video",
       [](const Video& v) { return complete_video(v, kNow); },
       {none, none, complete, none, none}},
      {"fail_video",
       [](const Video& v) {
         return fail_video(v, {"code", "Why."}, kNow);
       },
       {none, failed, failed, none, none}},
      {"requeue_video",
       [](const Video& v) { return requeue_video(v, kNow); },
       {none, none, none, none, queued}},
  };
  return table;
}

TEST(VideoState, MovesOnlyAsTheTableSays) {
  for (const auto& move : moves()) {
    for (std::size_t from = 0; from < kStatuses.size(); ++from) {
      SCOPED_TRACE(std::string(move.name) + " from " + std::string(to_string(kStatuses[from])));
      Video video;
      video.status = kStatuses[from];
      const auto after = move.apply(video);
      ASSERT_EQ(after.has_value(), move.to[from].has_value());
      if (after) {
        EXPECT_EQ(after->status, *move.to[from]);
      } else {
        EXPECT_EQ(after.error().kind, ErrorKind::conflict);
      }
    }
  }
}

Video video_in(VideoStatus status) {
  Video video;
  video.status = status;
  video.updated_at = from_unix_ms(1000);
  return video;
}

TEST(VideoState, EveryChangeMovesUpdatedAtEvenWithinOneMillisecond) {
  auto video = video_in(VideoStatus::processing);
  video = add_progress(video, 1, false, kNow).value();
  EXPECT_EQ(video.updated_at, kNow);
  video = add_progress(video, 1, false, kNow).value();
  EXPECT_GT(video.updated_at, kNow);
  const auto before = video.updated_at;
  video = add_progress(video, 1, false, from_unix_ms(0)).value();
  EXPECT_GT(video.updated_at, before) << "a clock that went back";
}

TEST(VideoState, OnlyTheFirstClaimStartsTheClock) {
  auto video = start_processing(video_in(VideoStatus::queued), kNow).value();
  EXPECT_EQ(video.started_at, kNow);
  const auto again = start_processing(video, kNow + std::chrono::seconds{9}).value();
  EXPECT_EQ(again.started_at, kNow);
  EXPECT_EQ(again.updated_at, video.updated_at);
}

TEST(VideoState, StaysPlayableOnceItIs) {
  auto video = add_progress(video_in(VideoStatus::processing), 1, true, kNow).value();
  video = add_progress(video, 1, false, kNow).value();
  EXPECT_TRUE(video.playable);
  EXPECT_TRUE(fail_video(video, {"code", "Why."}, kNow)->playable);
}

TEST(VideoState, ARetryForgetsTheErrorAndTheStart) {
  auto video = start_processing(video_in(VideoStatus::queued), kNow).value();
  video = fail_video(video, {"not_a_video", "The file is not a video."}, kNow).value();
  EXPECT_EQ(video.error->code, "not_a_video");
  video = requeue_video(video, kNow).value();
  EXPECT_FALSE(video.error);
  EXPECT_FALSE(video.started_at);
}

TEST(VideoState, AnExpiredUploadSaysSo) {
  EXPECT_EQ(expire_upload(video_in(VideoStatus::pending), kNow)->error->code, "upload_expired");
}

}  // namespace
}  // namespace sluice
