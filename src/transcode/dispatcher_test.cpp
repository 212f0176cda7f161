#include "transcode/dispatcher.h"

#include "queue/sql/sql_job_queue.h"
#include "transcode/testing/installation.h"
#include "transcode/testing/watched_queue.h"
#include "video/task_message.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;

class DispatcherTest : public testing::Test {
 protected:
  std::vector<std::string> published() {
    return queue_.wait_until([](const auto&) { return true; }).published;
  }
  std::string video_of(const std::string& body) {
    return task_message_from_json(body)->video_id.str();
  }

  TestInstallation installation_;
  SqlJobQueue sql_queue_{installation_.catalog().database(), installation_.clock()};
  WatchedQueue queue_{sql_queue_};
};

TEST_F(DispatcherTest, PublishesWhatIsWrittenOnceAndInOrder) {
  for (const auto* id : {"a", "b", "c"}) installation_.upload(id, "source");
  Dispatcher dispatcher{{.batch = 2}, installation_.catalog(), queue_, installation_.clock()};
  EXPECT_EQ(dispatcher.publish_all().value(), 3);
  EXPECT_EQ(dispatcher.publish_all().value(), 0);
  const auto bodies = published();
  ASSERT_EQ(bodies.size(), 3u);
  EXPECT_EQ(video_of(bodies[0]) + video_of(bodies[1]) + video_of(bodies[2]), "abc");
  EXPECT_EQ(sql_queue_.depth()->first_waiting, 3);
}

TEST_F(DispatcherTest, LosesNothingWhileTheQueueIsDown) {
  installation_.upload("a", "source");
  Dispatcher dispatcher{{}, installation_.catalog(), queue_, installation_.clock()};
  queue_.set_down(true);
  const auto down = dispatcher.publish_all();
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().code, "queue_down");
  queue_.set_down(false);
  EXPECT_EQ(dispatcher.publish_all().value(), 1);
}

TEST_F(DispatcherTest, PublishesByItselfWhenTheQueueIsBack) {
  installation_.upload("a", "source");
  queue_.set_down(true);
  Dispatcher dispatcher{
      {.poll = std::chrono::hours{1}, .retry = {milliseconds{1}, milliseconds{1}}},
      installation_.catalog(),
      queue_,
      installation_.clock()};
  dispatcher.start();
  queue_.set_down(false);
  queue_.wait_until([](const auto& seen) { return seen.published.size() == 1; });
}

TEST_F(DispatcherTest, LeavesAloneWhatAnotherProcessIsPublishing) {
  for (const auto* id : {"a", "b"}) installation_.upload(id, "source");
  const auto theirs =
      installation_.catalog().claim_unpublished(1, installation_.clock().now()).value();
  ASSERT_EQ(theirs.size(), 1u);
  Dispatcher dispatcher{{}, installation_.catalog(), queue_, installation_.clock()};
  EXPECT_EQ(dispatcher.publish_all().value(), 1);
  installation_.clock().advance(kOutboxLease);
  EXPECT_EQ(dispatcher.publish_all().value(), 1) << "it died";
}

TEST_F(DispatcherTest, WakesAtOnce) {
  Dispatcher dispatcher{
      {.poll = std::chrono::hours{1}}, installation_.catalog(), queue_, installation_.clock()};
  dispatcher.start();
  for (const auto* id : {"a", "b"}) {
    const auto before = published().size();
    installation_.upload(id, "source");
    dispatcher.wake();
    queue_.wait_until([&](const auto& seen) { return seen.published.size() == before + 1; });
  }
}

}  // namespace
}  // namespace sluice
