#include "transcode/sweeper.h"

#include "queue/sql/sql_job_queue.h"
#include "storage/faulty_object_store.h"
#include "storage/local/local_upload_store.h"
#include "transcode/dispatcher.h"
#include "transcode/testing/installation.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;

class SweeperTest : public testing::Test {
 protected:
  SweeperParts parts(ObjectStore& media) {
    return {installation_.catalog(), queue_,       installation_.uploads(), media,
            installation_.clock(),   upload_urls_, [this] { ++woken_; },    {}};
  }

  VideoId removed_video() {
    const auto id = installation_.upload("v", "source");
    EXPECT_TRUE(installation_.media().put(segment_key(id, "720p", 0), "segment"));
    EXPECT_TRUE(installation_.catalog().remove_video(id, installation_.clock().now()));
    return id;
  }
  bool has_objects(const VideoId& id) {
    return !installation_.media().list(video_prefix(id))->empty() ||
           !installation_.uploads().list(video_prefix(id))->empty();
  }
  bool is_remembered() {
    const auto now = installation_.clock().now();
    return !installation_.catalog().removed_videos(now + milliseconds{1})->empty();
  }

  void publish() {
    Dispatcher dispatcher{{}, installation_.catalog(), queue_, installation_.clock()};
    ASSERT_TRUE(dispatcher.publish_all());
  }
  // The message of the one task that waits goes to the dead letters.
  void die() {
    publish();
    const auto delivery = queue_.receive(milliseconds{0}).value();
    ASSERT_TRUE(delivery);
    ASSERT_TRUE(queue_.reject(*delivery, "bad"));
  }

  TestInstallation installation_;
  SqlJobQueue queue_{installation_.catalog().database(), installation_.clock()};
  LocalUploadStore upload_urls_{installation_.uploads_disk(),
                                {.key = Secret{"secret"}, .public_url = "http://127.0.0.1:1"}};
  SweeperSettings settings_;
  int woken_ = 0;
};

TEST_F(SweeperTest, ReturnsTheTasksOfWorkersThatAreGone) {
  installation_.upload("v", "source");
  const auto claim = installation_.claim_next();
  Sweeper sweeper{settings_, parts(installation_.media())};
  sweeper.sweep();
  EXPECT_EQ(woken_, 0);
  EXPECT_TRUE(installation_.catalog().unpublished(1)->empty());
  installation_.clock().advance(TestInstallation::kLease);
  sweeper.sweep();
  EXPECT_EQ(woken_, 1);
  EXPECT_EQ(installation_.catalog().unpublished(1)->size(), 1u);
}

TEST_F(SweeperTest, FailsTheVideoOfADeadLetterAndLeavesTheLetter) {
  const auto id = installation_.upload("v", "source");
  die();
  Sweeper{settings_, parts(installation_.media())}.sweep();
  EXPECT_EQ(installation_.video(id).status, VideoStatus::failed);
  EXPECT_EQ(installation_.video(id).error->code, "processing_failed");
  EXPECT_EQ(queue_.depth()->dead, 1) << "for operators";
}

TEST_F(SweeperTest, DoesNotFailAVideoThatWasRetriedSince) {
  const auto id = installation_.upload("v", "source");
  die();
  Sweeper{settings_, parts(installation_.media())}.sweep();
  installation_.clock().advance(milliseconds{1});
  ASSERT_TRUE(installation_.catalog().retry_video(id, installation_.clock().now()));
  publish();
  Sweeper{settings_, parts(installation_.media())}.sweep();  // of a process that has just started
  EXPECT_EQ(installation_.video(id).status, VideoStatus::queued);
}

TEST_F(SweeperTest, DealsWithEveryDeadLetterWhateverItDealtWithBefore) {
  installation_.upload("v", "source");
  die();
  Sweeper sweeper{settings_, parts(installation_.media())};
  sweeper.sweep();
  const auto second = installation_.upload("w", "source");
  die();
  sweeper.sweep();
  EXPECT_EQ(installation_.video(second).status, VideoStatus::failed);

  const auto third = installation_.upload("x", "source");
  die();
  ASSERT_TRUE(queue_.remove(queue_.list(1)->front().id));  // as many as before
  installation_.clock().advance(settings_.dead_letters_again);
  sweeper.sweep();
  EXPECT_EQ(installation_.video(third).status, VideoStatus::failed);
}

TEST_F(SweeperTest, PublishesAgainWhatTheQueueForgot) {
  installation_.upload("v", "source");
  publish();
  const auto forgotten = queue_.receive(milliseconds{0}).value();
  Sweeper sweeper{settings_, parts(installation_.media())};
  installation_.clock().advance(settings_.lost_after + kOutboxLease);
  sweeper.sweep();
  EXPECT_EQ(woken_, 0) << "somebody has it in hand";
  ASSERT_TRUE(queue_.acknowledge(*forgotten));
  sweeper.sweep();
  EXPECT_EQ(woken_, 1);
  publish();
  EXPECT_EQ(queue_.depth()->first_waiting, 1);
}

TEST_F(SweeperTest, LeavesADeadLetterThatNobodyCanRead) {
  ASSERT_TRUE(queue_.publish(Lane::first, "nonsense"));
  ASSERT_TRUE(queue_.reject(*queue_.receive(milliseconds{0}).value(), "bad"));
  Sweeper{settings_, parts(installation_.media())}.sweep();
  EXPECT_EQ(queue_.depth()->dead, 1);
}

TEST_F(SweeperTest, RemovesObjectsOnlyWhenNobodyCanBeWritingThem) {
  const auto id = removed_video();
  Sweeper sweeper{settings_, parts(installation_.media())};
  installation_.clock().advance(settings_.objects_after);
  sweeper.sweep();
  EXPECT_TRUE(has_objects(id));
  installation_.clock().advance(milliseconds{1});
  sweeper.sweep();
  EXPECT_FALSE(has_objects(id));
  EXPECT_TRUE(is_remembered());
}

TEST_F(SweeperTest, RemovesAnUploadThatEndedAfterItsVideoWasRemoved) {
  const auto id = removed_video();
  Sweeper sweeper{settings_, parts(installation_.media())};
  installation_.clock().advance(settings_.objects_after + milliseconds{1});
  sweeper.sweep();
  ASSERT_TRUE(installation_.uploads().put(source_key(id), "late"));
  installation_.clock().advance(settings_.forget_after);
  sweeper.sweep();
  EXPECT_FALSE(has_objects(id));
  EXPECT_FALSE(is_remembered());
}

TEST_F(SweeperTest, RemovesInTheNextRoundWhatItCouldNotInThis) {
  const auto id = removed_video();
  FaultyObjectStore faulty{installation_.media(), 0};
  Sweeper sweeper{settings_, parts(faulty)};
  installation_.clock().advance(settings_.objects_after + milliseconds{1});
  sweeper.sweep();
  EXPECT_TRUE(has_objects(id));
  sweeper.sweep();
  EXPECT_FALSE(has_objects(id));
}

TEST_F(SweeperTest, ForgetsNothingThatMayStillBeThere) {
  removed_video();
  FaultyObjectStore faulty{installation_.media(), 1};
  Sweeper sweeper{settings_, parts(faulty)};
  installation_.clock().advance(settings_.objects_after + milliseconds{1});
  sweeper.sweep();
  installation_.clock().advance(settings_.forget_after);
  sweeper.sweep();
  EXPECT_TRUE(is_remembered());
  sweeper.sweep();
  EXPECT_FALSE(is_remembered());
}

TEST_F(SweeperTest, DropsAnUploadThatNobodyCompleted) {
  const VideoId id{"v"};
  const auto parts_id = upload_urls_.create_multipart(source_key(id)).value();
  installation_.announce(id, parts_id);
  Sweeper sweeper{settings_, parts(installation_.media())};
  installation_.clock().advance(TestInstallation::kUploadLife);
  sweeper.sweep();
  EXPECT_EQ(installation_.video(id).error->code, "upload_expired");
  EXPECT_TRUE(upload_urls_.list_parts(source_key(id), parts_id)) << "somebody may be sending";
  installation_.clock().advance(settings_.forget_after + milliseconds{1});
  sweeper.sweep();
  EXPECT_FALSE(upload_urls_.list_parts(source_key(id), parts_id));
  EXPECT_TRUE(installation_.catalog().expired_uploads(installation_.clock().now())->empty());
}

TEST_F(SweeperTest, AbortsStrayUploadsNowAndThenUntilItSucceeds) {
  std::vector<Timestamp> asked;
  bool broken = true;
  auto with_bucket = parts(installation_.media());
  with_bucket.abort_stray_uploads = [&](Timestamp begun_before) -> Result<int> {
    asked.push_back(begun_before);
    if (broken) return fail(ErrorKind::unavailable, "down", "Down.");
    return 1;
  };
  Sweeper sweeper{settings_, with_bucket};
  sweeper.sweep();
  broken = false;
  sweeper.sweep();
  sweeper.sweep();
  ASSERT_EQ(asked.size(), 2u) << "again after a failure, and then not for a while";
  EXPECT_EQ(asked[1], installation_.clock().now() - settings_.forget_after);
  installation_.clock().advance(settings_.stray_uploads_again);
  sweeper.sweep();
  EXPECT_EQ(asked.size(), 3u);
}

TEST_F(SweeperTest, KeepsTheSourceOfAVideoThatFailedLater) {
  const auto id = installation_.upload("v", "source");
  const auto claim = installation_.claim_next();
  const Error bad{ErrorKind::invalid, "corrupt_file", "The file is corrupt."};
  ASSERT_TRUE(installation_.catalog().fail_task(*claim, bad, installation_.clock().now()));
  installation_.clock().advance(TestInstallation::kUploadLife + 2 * settings_.forget_after);
  Sweeper{settings_, parts(installation_.media())}.sweep();
  EXPECT_TRUE(has_objects(id));
}

TEST_F(SweeperTest, LeavesOtherVideosAlone) {
  const auto other = installation_.upload("w", "source");
  removed_video();
  installation_.clock().advance(settings_.objects_after + milliseconds{1});
  Sweeper{settings_, parts(installation_.media())}.sweep();
  EXPECT_TRUE(has_objects(other));
}

}  // namespace
}  // namespace sluice
