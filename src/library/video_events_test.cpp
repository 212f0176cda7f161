#include "library/video_events.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

class VideoEventLogTest : public testing::Test {
 protected:
  VideoEventLogTest() {
    video_.status = VideoStatus::processing;
    video_.work_total = 100;
  }
  std::string next() { return log_.next(video_, clock_.now()).text; }

  FakeClock clock_;
  Video video_;
  VideoEventLog log_;
};

TEST_F(VideoEventLogTest, SaysAtOnceHowThingsAre) {
  EXPECT_EQ(next(),
            "event: status\n"
            "data: {\"error\":null,\"eta_seconds\":null,\"playable\":false,\"progress\":0.0,"
            "\"status\":\"processing\"}\n\n");
}

TEST_F(VideoEventLogTest, IsSilentWhileNothingChanges) {
  next();
  EXPECT_EQ(next(), "");
}

TEST_F(VideoEventLogTest, TellsProgressFromChangesOfState) {
  next();
  video_.work_done = 25;
  EXPECT_TRUE(next().starts_with("event: progress\n"));
  video_.playable = true;
  EXPECT_TRUE(next().starts_with("event: status\n"));
}

TEST_F(VideoEventLogTest, TheEndIsTheLast) {
  EXPECT_FALSE(log_.next(video_, clock_.now()).last);
  video_.status = VideoStatus::complete;
  const VideoEvents end = log_.next(video_, clock_.now());
  EXPECT_TRUE(end.last);
  EXPECT_TRUE(end.text.ends_with("\nid: end\n\n")) << end.text;
}

TEST_F(VideoEventLogTest, AFailureSaysWhyInOneLine) {
  video_.status = VideoStatus::failed;
  video_.error = VideoError{"no_media", "first\nevent: status\xFF"};
  const VideoEvents end = log_.next(video_, clock_.now());
  EXPECT_TRUE(end.last);
  EXPECT_NE(end.text.find(R"("code":"no_media")"), std::string::npos);
  EXPECT_EQ(std::count(end.text.begin(), end.text.end(), '\n'), 4) << end.text;
}

}  // namespace
}  // namespace sluice
